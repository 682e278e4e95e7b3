import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** What is known about a failed request when its error is made. */
export interface FailedRequest {
  readonly baseUrl: string;
  /** Model or adapter id that was asked for, where the request named one. */
  readonly model?: string;
  /** True where `model` is an adapter. */
  readonly adapter?: boolean;
}

/** An error answer of the engine, reduced to what matters. */
export interface ErrorAnswer {
  readonly status: number;
  /** `error.code` of the body; empty where the body is not OpenAI-shaped. */
  readonly code: string;
  readonly message: string;
  /** Of the Retry-After header, milliseconds. */
  readonly retryAfterMs: number | null;
}

/** The engine did not answer at all. */
export function engineUnreachable(request: FailedRequest, cause: unknown): WhetstoneError {
  return new WhetstoneError(`No engine answers at ${request.baseUrl}.`, {
    code: "ENGINE_UNREACHABLE",
    hint: "Start it with `npx whetstone dev up`, or name a running one with WHETSTONE_ENGINE_URL.",
    retryable: true,
    cause,
  });
}

/** Another model than the planned one answered. */
export function wrongModel(baseUrl: string, expected: string, actual: string): WhetstoneError {
  const short = (fingerprint: string): string => fingerprint.slice(0, 12) || "none";
  return new WhetstoneError(
    `The engine at ${baseUrl} serves model ${short(actual)}, the sweep was planned with ${short(expected)}.`,
    {
      code: "ENGINE_WRONG_MODEL",
      hint: "Restart the engine with the sweep's model, or run the config under a new sweep name.",
      details: { expected, actual },
    },
  );
}

/** Turns the engine's error answer into the error that a user sees. */
export function toEngineError(request: FailedRequest, answer: ErrorAnswer): WhetstoneError {
  const kind = kinds[answer.code] ?? kindOfStatus(answer.status);
  return kind(request, answer);
}

type ErrorKind = (request: FailedRequest, answer: ErrorAnswer) => WhetstoneError;

const modelNotFound: ErrorKind = ({ baseUrl, model = "", adapter }, answer) =>
  adapter === true
    ? new WhetstoneError(`The engine at ${baseUrl} no longer has adapter ${model}.`, {
        code: "ENGINE_ADAPTER_LOST",
        hint: "It expired or the engine was restarted; the sample is trained again by itself.",
        details: { adapterId: model },
      })
    : new WhetstoneError(
        `The engine at ${baseUrl} does not serve model "${model}": ${answer.message}`,
        {
          code: "ENGINE_WRONG_MODEL",
          hint: "Restart the engine with the sweep's model.",
        },
      );

const overloaded: ErrorKind = ({ baseUrl }, answer) =>
  new WhetstoneError(`The engine at ${baseUrl} is overloaded: ${answer.message}`, {
    code: "ENGINE_OVERLOADED",
    hint: "Nothing to do: the request is sent again. Lower `run.concurrency` if it goes on.",
    retryable: true,
    details: namedWait(answer),
  });

/** A restart takes as long as the model takes to load, so it is waited for like an engine that is gone. */
const notReady: ErrorKind = ({ baseUrl }, answer) =>
  new WhetstoneError(`The engine at ${baseUrl} is not ready: ${answer.message}`, {
    code: "ENGINE_NOT_READY",
    hint: "Nothing to do while it starts or ends: the request is sent again. See its log if it goes on.",
    retryable: true,
    details: namedWait(answer),
  });

/** The wait that the engine asks for; absent where it names none. */
function namedWait({ retryAfterMs }: ErrorAnswer): { readonly retryAfterMs?: number } {
  return retryAfterMs === null ? {} : { retryAfterMs };
}

const kinds: Readonly<Record<string, ErrorKind>> = {
  model_not_found: modelNotFound,
  engine_overloaded: overloaded,
  not_ready: notReady,
  shutting_down: notReady,
  context_length_exceeded: (_request, answer) =>
    new WhetstoneError(`The prompt is too long for the model: ${answer.message}`, {
      code: "ENGINE_CONTEXT_LENGTH_EXCEEDED",
      hint: "Use a model with a longer context, lower maxTokens, or leave the sample out with `limit`.",
    }),
  out_of_memory: (_request, answer) =>
    new WhetstoneError(`The engine ran out of memory: ${answer.message}`, {
      code: "ENGINE_OUT_OF_MEMORY",
      hint: "Start the engine with smaller limits (see its --help), or lower `run.concurrency`.",
      retryable: true,
    }),
  adapter_conflict: (_request, answer) =>
    new WhetstoneError(`The engine has another adapter of that name: ${answer.message}`, {
      code: "ENGINE_ADAPTER_CONFLICT",
      hint: "Two installations share this engine: give each its own.",
    }),
  artifact_not_found: (_request, answer) =>
    new WhetstoneError(`The engine does not have a saved training: ${answer.message}`, {
      code: "ENGINE_ARTIFACT_MISSING",
      hint: "Several GPU hosts must share one folder (the engine's --artifact-dir); else run the sweep again.",
    }),
  unauthorized: ({ baseUrl }) =>
    new WhetstoneError(`The engine at ${baseUrl} refused the token.`, {
      code: "ENGINE_UNAUTHORIZED",
      hint: "Set WHETSTONE_ENGINE_TOKEN to the token that the engine was started with.",
    }),
  invalid_request: (_request, answer) =>
    new WhetstoneError(`The engine refused the request: ${answer.message}`, {
      code: "ENGINE_INVALID_REQUEST",
      hint: "Check that engine and CLI are of the same version (`npx whetstone doctor`).",
    }),
};

function kindOfStatus(status: number): ErrorKind {
  const byStatus: Readonly<Record<number, string>> = {
    400: "invalid_request",
    401: "unauthorized",
    404: "model_not_found",
    409: "adapter_conflict",
    413: "invalid_request",
    422: "invalid_request",
    429: "engine_overloaded",
    // A proxy's answers for an engine behind it that is gone or still starts.
    502: "not_ready",
    503: "not_ready",
    504: "not_ready",
  };
  return kinds[byStatus[status] ?? ""] ?? internal;
}

const internal: ErrorKind = ({ baseUrl }, answer) =>
  new WhetstoneError(`The engine at ${baseUrl} failed (${answer.status}): ${answer.message}`, {
    code: "ENGINE_FAILED",
    hint: "See the engine's log (.whetstone/logs/engine.log).",
    retryable: true,
  });
