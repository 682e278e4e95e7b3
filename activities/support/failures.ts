import {
  ApplicationFailureCategory,
  ApplicationFailure,
  CancelledFailure,
} from "@temporalio/common";
import { activityInfo, log } from "@temporalio/activity";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { countFailedTry } from "./failed-tries.js";
import { cutText } from "../../domain/text/cut-text.js";
import type { ErrorCode } from "../../domain/errors/codes.js";

/**
 * Retryable errors with fewer attempts than an engine restart gets: the request itself usually causes them, so a few
 * attempts show whether momentary load was the cause.
 */
const fewTries: ReadonlySet<ErrorCode> = new Set(["ENGINE_OUT_OF_MEMORY", "ENGINE_FAILED"]);

/** Maximum attempts that fail with one of these; attempts that fail otherwise do not count. */
const FEW_TRIES = 5;

/** Error code of a defect. */
const UNEXPECTED: ErrorCode = "UNEXPECTED";

/** Characters of a cause kept in a failure: long stack traces hide the cause. */
const CAUSE_LENGTH = 400;

/**
 * Wraps activities so that every error becomes one Temporal failure: type = error code, a short message with the
 * hint, retryable or not. This is the only place where a `WhetstoneError` becomes a Temporal failure.
 */
export function withFailures<Input, Result>(
  activity: (input: Input) => Promise<Result>,
): (input: Input) => Promise<Result> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      throw toFailure(error, { ...activityInfo(), countTry: countFailedTry });
    }
  };
}

/** The failed attempt, as needed to build its failure. */
export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  /** Intervals as the server sends them with an attempt, milliseconds. */
  readonly retryPolicy?: {
    readonly initialInterval?: unknown;
    readonly maximumInterval?: unknown;
    readonly backoffCoefficient?: number;
  };
  /** Counts the attempt under its error code: how many of the step failed like it, this one included. */
  readonly countTry: (code: ErrorCode) => number;
}

/** Converts an error of this attempt to a Temporal failure; returns cancellations and failures unchanged. */
export function toFailure(error: unknown, failed: FailedAttempt): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof Error && error.name === "AbortError") return error;
  if (!(error instanceof WhetstoneError)) return toUnexpectedFailure(error, failed);
  const givenUp = fewTries.has(error.code) && failed.countTry(error.code) >= FEW_TRIES;
  const { retryAfterMs } = error.details;
  return ApplicationFailure.create({
    message: forTemporal(`${error.message} ${error.hint}`),
    type: error.code,
    nonRetryable: !error.retryable || givenUp,
    ...(typeof retryAfterMs === "number" && {
      nextRetryDelay: Math.max(retryAfterMs, backoffMs(failed)),
    }),
    // A busy or restarting engine is expected; keep it out of error logs and metrics.
    ...(error.retryable ? { category: ApplicationFailureCategory.BENIGN } : {}),
    details: describeCause(error.cause),
  });
}

/**
 * The retry policy's own wait after this attempt. A server under long overload requests a short wait each time, which
 * would use up all attempts in a minute or two.
 */
function backoffMs({ attempt, retryPolicy = {} }: FailedAttempt): number {
  const { initialInterval, maximumInterval, backoffCoefficient = 2 } = retryPolicy;
  const initial = typeof initialInterval === "number" ? initialInterval : 0;
  const most = typeof maximumInterval === "number" ? maximumInterval : Number.POSITIVE_INFINITY;
  return Math.min(most, initial * backoffCoefficient ** (attempt - 1));
}

/** Most likely a bug; retried a few times in case it is not. */
function toUnexpectedFailure(error: unknown, { countTry }: FailedAttempt): ApplicationFailure {
  log.error("unexpected error in an activity", { error });
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({
    message: forTemporal(`Unexpected: ${cutText(message, CAUSE_LENGTH)}`),
    type: UNEXPECTED,
    nonRetryable: countTry(UNEXPECTED) >= FEW_TRIES,
    details: describeCause(error),
  });
}

/**
 * A message may quote a model's text, or a cut through one. Temporal's messages are UTF-8: half a surrogate pair in one
 * would break the whole answer to the server.
 */
function forTemporal(message: string): string {
  return message.toWellFormed();
}

function describeCause(cause: unknown): string[] {
  if (cause === undefined) return [];
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause);
  return [cutText(text, CAUSE_LENGTH)];
}
