import { ERROR_CODES, type ErrorCode } from "./codes.js";

/** Fields of a `WhetstoneError` beside its message. */
export interface WhetstoneErrorOptions {
  readonly code: ErrorCode;
  /** What to do next: a command to type or a field to change. */
  readonly hint: string;
  /** Whether the same call can succeed later without anyone changing anything; by default as the code's record says. */
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Thrown for every failure that a user can see; has a stable code and the next step. */
export class WhetstoneError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: WhetstoneErrorOptions) {
    super(message, { cause: options.cause });
    this.name = "WhetstoneError";
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? ERROR_CODES[options.code].retryable;
    this.details = options.details ?? {};
  }
}
