import type { ErrorCode } from "../domain/errors/codes.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** HTTP status of each code that a response can have; others are 500, or 503 if the call can succeed later. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  SERVE_REQUEST_INVALID: 400,
  SERVE_FEEDBACK_INVALID: 400,
  SERVE_UNAUTHORIZED: 401,
  SERVE_HOST_FORBIDDEN: 403,
  SERVE_NOT_FOUND: 404,
  SERVE_MODEL_UNKNOWN: 404,
  SERVE_REQUEST_UNKNOWN: 404,
  SERVE_METHOD_FORBIDDEN: 405,
  SERVE_REQUEST_CONFLICT: 409,
  SERVE_REQUEST_OPEN: 409,
  SERVE_BODY_TOO_LARGE: 413,
  SERVE_TYPE_UNSUPPORTED: 415,
  SERVE_RATE_LIMITED: 429,
  SERVE_FAILED: 500,
  SERVE_UNAVAILABLE: 503,
  SERVE_TIMED_OUT: 504,
};

/** OpenAI's `type` of an error, by status. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  429: "rate_limit_error",
};

/** An error response in OpenAI's shape. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string | null;
      readonly code: string;
    };
  };
}

/** What an error response says besides its message. */
interface RefusalOptions {
  readonly hint: string;
  /** The field to blame. */
  readonly param?: string;
  /** Seconds after which the same request is worth another try. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** Creates the error of a request that cannot be served. */
export function refuseRequest(
  code: Extract<ErrorCode, `SERVE_${string}`>,
  message: string,
  { hint, cause, ...details }: RefusalOptions,
): WhetstoneError {
  return new WhetstoneError(message, { code, hint, cause, details });
}

/** Describes any error as a response. An error without a code is a defect and says nothing about its cause. */
export function toErrorResponse(error: unknown): ErrorResponse {
  const known = error instanceof WhetstoneError ? error : null;
  const code: ErrorCode = known?.code ?? "UNEXPECTED";
  const status = STATUS[code] ?? (known?.retryable === true ? 503 : 500);
  const message = known === null ? "The endpoint failed." : `${known.message} ${known.hint}`.trim();
  const { param, retryAfter = status === 503 ? 1 : undefined } = known?.details ?? {};
  const isClients = status < 500;
  return {
    status,
    headers: {
      // OpenAI's clients repeat a 409 unless they are told not to.
      ...(isClients && status !== 429 ? { "x-should-retry": "false" } : {}),
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(typeof retryAfter === "number" ? { "retry-after": String(retryAfter) } : {}),
    },
    body: {
      error: {
        message,
        type: TYPES[status] ?? (isClients ? "invalid_request_error" : "server_error"),
        param: typeof param === "string" ? param : null,
        code,
      },
    },
  };
}
