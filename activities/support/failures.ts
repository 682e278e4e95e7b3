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
 * Retryable errors that are not worth the patience given to an engine that restarts: they follow from
 * the request, so a few tries show whether a moment's load was to blame.
 */
const fewTries: ReadonlySet<ErrorCode> = new Set(["ENGINE_OUT_OF_MEMORY", "ENGINE_FAILED"]);

/** Tries that end with one of those; waiting for an engine in between is not counted. */
const FEW_TRIES = 5;

/** Error code of a defect. */
const UNEXPECTED: ErrorCode = "UNEXPECTED";

/** Characters of a cause kept in a failure: long stacks bury what went wrong. */
const CAUSE_LENGTH = 400;

/**
 * Wraps activities so that every error leaves as one Temporal failure: type = error code, a short message with the
 * hint, retryable or not. The only place where `WhetstoneError` meets Temporal.
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

/** What a failure needs to know of the attempt that failed. */
export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  /** Intervals as the server gives them to an attempt, milliseconds. */
  readonly retryPolicy?: {
    readonly initialInterval?: unknown;
    readonly maximumInterval?: unknown;
    readonly backoffCoefficient?: number;
  };
  /** Counts the attempt under its error code: how many of the step failed like it, this one included. */
  readonly countTry: (code: ErrorCode) => number;
}

/** The Temporal failure for an error of this attempt; cancellations and failures pass through. */
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
    // An engine that is busy or restarting is ordinary; keep it out of error logs and metrics.
    ...(error.retryable ? { category: ApplicationFailureCategory.BENIGN } : {}),
    details: describeCause(error.cause),
  });
}

/**
 * The policy's own wait after this attempt. A server that is overloaded for long names a short wait each time: without
 * this, all attempts would be used up in a minute or two.
 */
function backoffMs({ attempt, retryPolicy = {} }: FailedAttempt): number {
  const { initialInterval, maximumInterval, backoffCoefficient = 2 } = retryPolicy;
  const initial = typeof initialInterval === "number" ? initialInterval : 0;
  const most = typeof maximumInterval === "number" ? maximumInterval : Number.POSITIVE_INFINITY;
  return Math.min(most, initial * backoffCoefficient ** (attempt - 1));
}

/** A defect, most likely: tried a few times in case it was not. */
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
