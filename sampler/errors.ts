import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** A failed request, reduced to the relevant fields. Never contains the key. */
export interface Refusal {
  readonly baseUrl: string;
  /** Requested model or adapter. */
  readonly model: string;
  /** True if `model` is an adapter. */
  readonly adapter: boolean;
  readonly apiKeyEnv: string | undefined;
  readonly status: number;
  /** `error.code` and `error.type` of the body, joined; empty if the body is not OpenAI-shaped. */
  readonly code: string;
  readonly message: string;
  /** From the Retry-After header, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/** The server does not respond. Details: `baseUrl`. */
export function samplerUnreachable(baseUrl: string, cause: unknown): WhetstoneError {
  return new WhetstoneError(`No chat server answers at ${baseUrl}.`, {
    code: "SAMPLER_UNREACHABLE",
    hint: "Start it, or correct baseUrl; requests are retried until then.",
    details: { baseUrl },
    cause,
  });
}

/** The environment variable for the key is not set. Details: `baseUrl`, `apiKeyEnv`. */
export function samplerKeyMissing(baseUrl: string, apiKeyEnv: string): WhetstoneError {
  return new WhetstoneError(`${apiKeyEnv}, the key for ${baseUrl}, is not set.`, {
    code: "SAMPLER_KEY_MISSING",
    hint: `Set ${apiKeyEnv} in the worker's environment and restart the worker.`,
    details: { baseUrl, apiKeyEnv },
  });
}

/** A 200 that is not a chat completion. */
export function samplerAnswerInvalid(baseUrl: string, what: string): WhetstoneError {
  return new WhetstoneError(`The server at ${baseUrl} did not return a chat completion: ${what}`, {
    code: "SAMPLER_ANSWER_INVALID",
    hint: "Check that baseUrl is the OpenAI-compatible root, which usually ends in /v1.",
    details: { baseUrl },
  });
}

/** A chat answer whose message has an unsupported shape. This is not the model's mistake, so never a wrong answer. */
export function samplerMessageUnreadable(baseUrl: string, what: string): WhetstoneError {
  return new WhetstoneError(`A message from the server at ${baseUrl} cannot be read: ${what}.`, {
    code: "SAMPLER_ANSWER_INVALID",
    hint: "Configure the server to answer with text: `content` as a string or text parts, or tool_calls of functions.",
    details: { baseUrl },
  });
}

/** The server ignored the requested format. */
export function samplerFormatIgnored(baseUrl: string, excerpt: string): WhetstoneError {
  return new WhetstoneError(
    `The server at ${baseUrl} accepts response_format but ignores it: it answered "${excerpt}".`,
    {
      code: "SAMPLER_FORMAT_IGNORED",
      hint: "Use a server that constrains answers (vLLM, the engine), or `decoding: free`.",
      details: { baseUrl },
    },
  );
}

/** Another model than the requested one answered. Details: `asked`, `answered`. */
export function samplerWrongModel(
  baseUrl: string,
  asked: string,
  answered: string,
): WhetstoneError {
  return new WhetstoneError(
    `The server at ${baseUrl} was asked for "${asked}", and "${answered}" answered.`,
    {
      code: "SAMPLER_WRONG_MODEL",
      hint: "Use a server that rejects names it has not loaded (vLLM, the engine).",
      details: { asked, answered },
    },
  );
}

/** The server has no such model. Details: `model`, and `available` if it lists them. */
export function samplerModelMissing(
  baseUrl: string,
  model: string,
  reason: string,
  available?: readonly string[],
): WhetstoneError {
  return new WhetstoneError(`The server at ${baseUrl} has no model "${model}": ${reason}`, {
    code: "SAMPLER_MODEL_MISSING",
    hint: "Correct `model`, or start the server with it; baseUrl usually ends in /v1.",
    details: { model, ...(available ? { available } : {}) },
  });
}

/** An adapter is not loaded, or no longer. Details: `adapterId`. */
export function samplerAdapterLost(
  baseUrl: string,
  adapterId: string,
  reason: string,
): WhetstoneError {
  return new WhetstoneError(
    `The server at ${baseUrl} does not have adapter ${adapterId}: ${reason}`,
    {
      code: "SAMPLER_ADAPTER_LOST",
      hint: "It was unloaded, or the server restarted. Load it again.",
      details: { adapterId },
    },
  );
}

/** The server does not support loading adapters at run time. */
export function samplerAdaptersUnsupported(baseUrl: string, reason: string): WhetstoneError {
  return new WhetstoneError(`The server at ${baseUrl} does not load adapters: ${reason}`, {
    code: "SAMPLER_ADAPTERS_UNSUPPORTED",
    hint: "For vLLM: --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True.",
    details: { baseUrl },
  });
}

/** 400 for a name that the server does not have, as transformers responds. */
function isUnknownModel({ status, message, model }: Refusal): boolean {
  return (
    status === 400 && message.includes(model) && /pinned|not found|unknown model/i.test(message)
  );
}

/** The wait that the server requested; absent if it named none. */
function namedWait({ retryAfterMs }: Refusal): { readonly retryAfterMs?: number } {
  return retryAfterMs === null ? {} : { retryAfterMs };
}

/**
 * Turns an error response into the error that a user sees. Only `retryable` errors are worth
 * retrying.
 */
export function toSamplerError(refusal: Refusal): WhetstoneError {
  const { baseUrl, status, message, model, code } = refusal;
  if (status === 401 || status === 403) {
    return new WhetstoneError(`The server at ${baseUrl} rejected the key (${status}): ${message}`, {
      code: "SAMPLER_KEY_REFUSED",
      hint:
        refusal.apiKeyEnv === undefined
          ? "Name the environment variable that holds the key: apiKeyEnv."
          : `Set ${refusal.apiKeyEnv} to a key that may use ${model}.`,
      details: { baseUrl, status, apiKeyEnv: refusal.apiKeyEnv ?? null },
    });
  }
  if (status === 429 && code.includes("insufficient_quota")) {
    return new WhetstoneError(`The account at ${baseUrl} has no credit left: ${message}`, {
      code: "SAMPLER_QUOTA_EXCEEDED",
      hint: "Add credit or raise the limit, then resume the sweep.",
      details: { baseUrl, status },
    });
  }
  if (status === 429 || status === 408 || status === 409 || status >= 500) {
    const busy = status === 429;
    return new WhetstoneError(
      `The server at ${baseUrl} ${busy ? "is overloaded" : `failed (${status})`}: ${message}`,
      {
        code: busy ? "SAMPLER_OVERLOADED" : "SAMPLER_FAILED",
        hint: busy
          ? "The request is retried. Lower `run.concurrency` if this persists."
          : "The request is retried. See the server's log if this persists.",
        details: { status, ...namedWait(refusal) },
      },
    );
  }
  if (status === 404 || isUnknownModel(refusal)) {
    return refusal.adapter
      ? samplerAdapterLost(baseUrl, model, message)
      : samplerModelMissing(baseUrl, model, message);
  }
  if (/context.{0,12}length/i.test(`${code} ${message}`)) {
    return new WhetstoneError(`The prompt is too long for ${model}: ${message}`, {
      code: "SAMPLER_CONTEXT_LENGTH_EXCEEDED",
      hint: "Use a model with a longer context, lower maxTokens, or exclude the sample with `limit`.",
      details: { status },
    });
  }
  return new WhetstoneError(
    `The server at ${baseUrl} rejected the request (${status}): ${message}`,
    {
      code: "SAMPLER_REQUEST_REFUSED",
      hint: "Remove the setting that the message names; reasoning models accept no temperature.",
      details: { status },
    },
  );
}
