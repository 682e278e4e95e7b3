import type { CodeRecord } from "../code-record.js";

/** The engine. */
export const ENGINE_CODES = {
  ENGINE_UNREACHABLE: {
    meaning: "no engine answers; steps wait and retry",
    next: "`npx whetstone dev up`, or check `WHETSTONE_ENGINE_URL`",
    retryable: true,
  },
  ENGINE_WRONG_MODEL: {
    meaning:
      "the engine serves other weights than the sweep was planned with; steps wait for the right engine, some 20 minutes in all",
    next: "`npx whetstone resume SWEEP` starts a local engine with the sweep's model; start a remote one by hand",
    retryable: true,
  },
  ENGINE_DTYPE_DIFFERS: {
    meaning:
      "the engine computes in another type of numbers (float32, bfloat16) than the sweep's results; steps wait for the right engine, some 20 minutes in all",
    next: "start the engine with the sweep's `--dtype`, or allow both with `dtype: any` in the config",
    retryable: true,
  },
  ENGINE_OVERLOADED: {
    meaning:
      "queues are full; the request is retried after the time that the engine names, or later",
    next: "nothing; lower `run.concurrency` if this continues",
    retryable: true,
    engineCodes: ["engine_overloaded"],
  },
  ENGINE_NOT_READY: {
    meaning:
      "the engine is loading its model or shutting down; steps wait and retry for about 20 minutes",
    next: "nothing; read its log if this continues",
    retryable: true,
    engineCodes: ["not_ready", "shutting_down"],
  },
  ENGINE_OUT_OF_MEMORY: {
    meaning: "a single job does not fit into memory",
    next: "lower the engine's limits or `run.concurrency`",
    retryable: true,
    engineCodes: ["out_of_memory"],
  },
  ENGINE_MEMORY_LIMIT: {
    meaning: "a single job needs more memory than the engine's `--memory-gb` allows",
    next: "start the engine with a higher `--memory-gb` (or `WHETSTONE_ENGINE_MEMORY_GB`), or lower `maxTokens`, `training.rank` or the length of prompts",
    retryable: false,
    engineCodes: ["memory_limit_exceeded"],
  },
  PROMPT_NATIVE_UNSUPPORTED: {
    meaning: "`prompt: native`, and the model's chat template has no place for tools",
    next: "use `prompt: paper` with `format: auto`",
    retryable: false,
    engineCodes: ["template_without_tools"],
  },
  ENGINE_CONTEXT_LENGTH_EXCEEDED: {
    meaning: "prompt plus answer exceed the model's context; the unit is `failed`, never wrong",
    next: "lower `maxTokens`, use another model, or leave the sample out",
    retryable: false,
    engineCodes: ["context_length_exceeded"],
  },
  ENGINE_ADAPTER_LOST: {
    meaning: "an adapter expired or was lost with its engine",
    next: "nothing: the sample is trained again, with the same seed",
    retryable: false,
    engineCodes: ["model_not_found"],
  },
  ADAPTER_LOST_TOO_OFTEN: {
    meaning: "one unit lost its adapter six times",
    next: "look at the engine's log, then `retry SWEEP --failed`",
    retryable: false,
  },
  ENGINE_ARTIFACT_MISSING: {
    meaning: "the engine does not have an adapter or a saved training that another host made",
    next: "give the engines of all GPU hosts one shared `--artifact-dir`, or run the sweep again",
    retryable: false,
    engineCodes: ["artifact_not_found"],
  },
  ENGINE_ADAPTER_CONFLICT: {
    meaning: "two installations share one engine",
    next: "give each its own",
    retryable: false,
    engineCodes: ["adapter_conflict"],
  },
  ENGINE_UNAUTHORIZED: {
    meaning: "the engine refused the token",
    next: "set `WHETSTONE_ENGINE_TOKEN`",
    retryable: false,
    engineCodes: ["unauthorized"],
  },
  ENGINE_INVALID_REQUEST: {
    meaning: "the engine refused a field by name",
    next: "engine and command must have the same version: `npx whetstone doctor`",
    retryable: false,
    engineCodes: ["invalid_request"],
  },
  ENGINE_FAILED: {
    meaning: "the engine reported an internal error",
    next: "read its log",
    retryable: true,
    engineCodes: ["internal_error"],
  },
  BENCH_FAILED: {
    meaning:
      "`npx whetstone bench engine` ended early, or engine and libraries gave different results",
    next: "read its last lines",
    retryable: false,
  },
  ENGINE_PORT_UNAVAILABLE: {
    meaning: "the engine cannot listen on its port; printed by the engine itself",
    next: "give it another `--port`",
    retryable: false,
  },
  ENGINE_START_FAILED: {
    meaning: "the engine could not load its model for another reason; printed by the engine itself",
    next: "read the exception in its log",
    retryable: false,
  },
  ENGINE_DEVICE_LOST: {
    meaning: "the GPU failed and the engine ended; printed by the engine itself",
    next: "start it again; steps wait and retry",
    retryable: false,
  },
  ENGINE_MODEL_INVALID: {
    meaning: "the engine cannot load the model's directory; printed by the engine itself",
    next: "check `model`",
    retryable: false,
  },
  SCORE_NOT_FINITE: {
    meaning: "a score overflowed",
    next: "use float32; check the model's files",
    retryable: false,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
