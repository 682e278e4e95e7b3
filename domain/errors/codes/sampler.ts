import type { CodeRecord } from "../code-record.js";

/** Samplers and teachers on other servers. */
export const SAMPLER_CODES = {
  SAMPLER_UNREACHABLE: {
    meaning: "no server answers at `baseUrl`; requests are retried",
    next: "start the server, or correct `baseUrl`",
    retryable: true,
  },
  SAMPLER_KEY_MISSING: {
    meaning:
      "the variable that `apiKeyEnv` names is empty; `plan` and `validate` warn, and `run` refuses to start if it would start the workers itself (servers on this machine are exempt)",
    next: "set it where the worker runs, then run the same command again",
    retryable: false,
  },
  SAMPLER_KEY_REFUSED: {
    meaning: "the server refused the key (401, 403); the sweep stops",
    next: "set the variable to a key that may use the model",
    retryable: false,
  },
  SAMPLER_QUOTA_EXCEEDED: {
    meaning: "the account has no credit left",
    next: "add credit, then resume",
    retryable: false,
  },
  SAMPLER_OVERLOADED: {
    meaning:
      "the server is overloaded (429); the request is retried after the time that the server names, or later",
    next: "nothing; lower `run.concurrency` if this continues",
    retryable: true,
  },
  SAMPLER_FAILED: {
    meaning:
      "the server failed (408, 409, 5xx); the request is retried after the time that the server names, or later",
    next: "nothing; read the server's log if this continues",
    retryable: true,
  },
  SAMPLER_MODEL_MISSING: {
    meaning: "the server has no such model",
    next: "correct `model`; `baseUrl` usually ends in `/v1`",
    retryable: false,
  },
  SAMPLER_WRONG_MODEL: {
    meaning:
      "a different model answered than the requested one, e.g. the base model for an adapter",
    next: "use a server that refuses names it has not loaded",
    retryable: false,
  },
  SAMPLER_ADAPTER_LOST: {
    meaning: "an adapter is no longer loaded",
    next: "nothing: it is loaded again",
    retryable: false,
  },
  SAMPLER_ADAPTERS_UNSUPPORTED: {
    meaning: "the server loads no adapters at run time",
    next: "vLLM: `--enable-lora`, `VLLM_ALLOW_RUNTIME_LORA_UPDATING=True`",
    retryable: false,
  },
  SAMPLER_CONTEXT_LENGTH_EXCEEDED: {
    meaning: "prompt plus answer exceed the model's context",
    next: "lower `maxTokens`, use another model, or leave the sample out",
    retryable: false,
  },
  SAMPLER_REQUEST_REFUSED: {
    meaning: "the server refused a field",
    next: "remove the field that the message names",
    retryable: false,
  },
  SAMPLER_FORMAT_IGNORED: {
    meaning: "the server accepts `response_format` but writes free text",
    next: "use a server that constrains answers, or `decoding: free`",
    retryable: false,
  },
  SAMPLER_ANSWER_INVALID: {
    meaning: "the answer is not OpenAI-shaped",
    next: "check `baseUrl`",
    retryable: false,
  },
  PEFT_ARCHIVE_INVALID: {
    meaning: "an adapter's archive from the engine cannot be used",
    next: "engine and command must have the same version",
    retryable: false,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
