import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { EngineCode } from "../domain/errors/codes.js";

/** Context of a failed request. */
export interface FailedRequest {
  readonly baseUrl: string;
  /** Requested model or adapter id, if the request named one. */
  readonly model?: string;
  /** True if `model` is an adapter. */
  readonly adapter?: boolean;
}

/** An error response of the engine, reduced to the relevant fields. */
export interface ErrorAnswer {
  readonly status: number;
  /** `error.code` of the body; empty if the body is not OpenAI-shaped. */
  readonly code: string;
  readonly message: string;
  /** From the Retry-After header, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/**
 * Steps ask again while an engine is exchanged: another may come up at the same address, and a client may know the
 * model's id from the one before.
 */
const RIGHT_ENGINE =
  "Steps wait for the sweep's model: `npx whetstone resume SWEEP` starts a local engine with it; start a remote one with that model by hand.";

/** The engine did not respond. */
export function engineUnreachable(request: FailedRequest, cause: unknown): WhetstoneError {
  return new WhetstoneError(`No engine responds at ${request.baseUrl}.`, {
    code: "ENGINE_UNREACHABLE",
    hint: "Start it with `npx whetstone dev up`, or set WHETSTONE_ENGINE_URL to a running one.",
    cause,
  });
}

/** The engine serves another model than the planned one. */
export function wrongModel(baseUrl: string, expected: string, actual: string): WhetstoneError {
  const short = (fingerprint: string): string => fingerprint.slice(0, 12) || "none";
  return new WhetstoneError(
    `The engine at ${baseUrl} serves model ${short(actual)}, the sweep was planned with ${short(expected)}.`,
    {
      code: "ENGINE_WRONG_MODEL",
      hint: RIGHT_ENGINE,
      details: { expected, actual },
    },
  );
}

/** Turns the engine's error response into the error that a user sees. */
export function toEngineError(request: FailedRequest, answer: ErrorAnswer): WhetstoneError {
  const kind = findKind(answer.code) ?? kindOfStatus(answer.status);
  return kind(request, answer);
}

type ErrorKind = (request: FailedRequest, answer: ErrorAnswer) => WhetstoneError;

const modelNotFound: ErrorKind = ({ baseUrl, model = "", adapter }, answer) =>
  adapter === true
    ? new WhetstoneError(`The engine at ${baseUrl} no longer has adapter ${model}.`, {
        code: "ENGINE_ADAPTER_LOST",
        hint: "It expired or the engine was restarted; the sample is retrained automatically.",
        details: { adapterId: model },
      })
    : new WhetstoneError(
        `The engine at ${baseUrl} does not serve model "${model}": ${answer.message}`,
        {
          code: "ENGINE_WRONG_MODEL",
          hint: RIGHT_ENGINE,
        },
      );

const overloaded: ErrorKind = ({ baseUrl }, answer) =>
  new WhetstoneError(`The engine at ${baseUrl} is overloaded: ${answer.message}`, {
    code: "ENGINE_OVERLOADED",
    hint: "No action needed: the request is retried. Lower `run.concurrency` if this persists.",
    details: namedWait(answer),
  });

/**
 * A restarting engine is unavailable while the model loads, so it is retried like an unreachable
 * engine.
 */
const notReady: ErrorKind = ({ baseUrl }, answer) =>
  new WhetstoneError(`The engine at ${baseUrl} is not ready: ${answer.message}`, {
    code: "ENGINE_NOT_READY",
    hint: "No action needed while it starts or stops: the request is retried. See its log if this persists.",
    details: namedWait(answer),
  });

/** The wait that the engine requested; absent if it named none. */
function namedWait({ retryAfterMs }: ErrorAnswer): { readonly retryAfterMs?: number } {
  return retryAfterMs === null ? {} : { retryAfterMs };
}

const internal: ErrorKind = ({ baseUrl }, answer) =>
  new WhetstoneError(`The engine at ${baseUrl} failed (${answer.status}): ${answer.message}`, {
    code: "ENGINE_FAILED",
    hint: "See the engine's log (.whetstone/logs/engine.log).",
  });

const kinds: Readonly<Record<EngineCode, ErrorKind>> = {
  model_not_found: modelNotFound,
  engine_overloaded: overloaded,
  not_ready: notReady,
  shutting_down: notReady,
  context_length_exceeded: (_request, answer) =>
    new WhetstoneError(`The prompt is too long for the model: ${answer.message}`, {
      code: "ENGINE_CONTEXT_LENGTH_EXCEEDED",
      hint: "Use a model with a longer context, lower maxTokens, or exclude the sample with `limit`.",
    }),
  template_without_tools: (_request, answer) =>
    new WhetstoneError(`prompt: native cannot be used: ${answer.message}.`, {
      code: "PROMPT_NATIVE_UNSUPPORTED",
      hint: "Use --set prompt=paper --set format=auto.",
    }),
  out_of_memory: (_request, answer) =>
    new WhetstoneError(`The engine ran out of memory: ${answer.message}`, {
      code: "ENGINE_OUT_OF_MEMORY",
      hint: "Start the engine with smaller limits (see its --help), or lower `run.concurrency`.",
    }),
  memory_limit_exceeded: (_request, answer) =>
    new WhetstoneError(`The engine may not use the memory that this takes: ${answer.message}`, {
      code: "ENGINE_MEMORY_LIMIT",
      hint: "Start the engine with a higher --memory-gb, or set WHETSTONE_ENGINE_MEMORY_GB.",
    }),
  adapter_conflict: (_request, answer) =>
    new WhetstoneError(`The engine has another adapter with that name: ${answer.message}`, {
      code: "ENGINE_ADAPTER_CONFLICT",
      hint: "Two installations share this engine: give each its own.",
    }),
  artifact_not_found: (_request, answer) =>
    new WhetstoneError(`The engine has no saved state of this training: ${answer.message}`, {
      code: "ENGINE_ARTIFACT_MISSING",
      hint: "Several GPU hosts must share one folder (the engine's --artifact-dir); otherwise run the sweep again.",
    }),
  unauthorized: ({ baseUrl }) =>
    new WhetstoneError(`The engine at ${baseUrl} refused the token.`, {
      code: "ENGINE_UNAUTHORIZED",
      hint: "Set WHETSTONE_ENGINE_TOKEN to the token that the engine was started with.",
    }),
  internal_error: internal,
  invalid_request: (_request, answer) =>
    new WhetstoneError(`The engine refused the request: ${answer.message}`, {
      code: "ENGINE_INVALID_REQUEST",
      hint: "Check that engine and CLI have the same version (`npx whetstone doctor`).",
    }),
};

function findKind(code: string): ErrorKind | undefined {
  return Object.hasOwn(kinds, code) ? kinds[code as EngineCode] : undefined;
}

function kindOfStatus(status: number): ErrorKind {
  const byStatus: Readonly<Record<number, EngineCode>> = {
    400: "invalid_request",
    401: "unauthorized",
    404: "model_not_found",
    409: "adapter_conflict",
    413: "invalid_request",
    422: "invalid_request",
    429: "engine_overloaded",
    // A proxy's responses while the engine behind it is down or starting.
    502: "not_ready",
    503: "not_ready",
    504: "not_ready",
  };
  return kinds[byStatus[status] ?? "internal_error"];
}
