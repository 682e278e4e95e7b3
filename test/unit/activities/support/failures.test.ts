import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, it } from "vitest";
import { toFailure } from "../../../../activities/support/failures.js";
import { WhetstoneError } from "../../../../domain/errors/whetstone-error.js";

const retryPolicy = {
  initialInterval: 1_000,
  backoffCoefficient: 2,
  maximumInterval: 30_000,
};

/** The wait that the failure of an attempt asks for, milliseconds. */
function delayOf(attempt: number, details: Record<string, number> = {}): unknown {
  const error = new WhetstoneError("busy", { code: "ENGINE_OVERLOADED", hint: "", details });
  const failure = toFailure(error, { attempt, retryPolicy, countTry: () => attempt });
  expect(failure).toBeInstanceOf(ApplicationFailure);
  return (failure as ApplicationFailure).nextRetryDelay ?? null;
}

describe("the wait before a retry", () => {
  it("is left to Temporal if the server requests none", () => {
    expect([1, 2, 9].map((attempt) => delayOf(attempt))).toEqual([null, null, null]);
  });

  it("is at least what the server requests", () => {
    const named = { retryAfterMs: 90_000 };
    expect([1, 5, 40].map((attempt) => delayOf(attempt, named))).toEqual([90_000, 90_000, 90_000]);
  });

  it("is no shorter than the policy's, so that short waits do not use up the attempts", () => {
    const waits = Array.from({ length: 44 }, (_, index) =>
      Number(delayOf(index + 1, { retryAfterMs: 2_000 })),
    );
    expect(waits.slice(0, 7)).toEqual([2_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    const minutes = waits.reduce((sum, wait) => sum + wait, 0) / 60_000;
    expect(minutes).toBeGreaterThan(19);
  });
});

it("a message that quotes half a character is whole for Temporal", () => {
  const error = new WhetstoneError('it answered "ok \ud83d".', {
    code: "UNEXPECTED",
    hint: "Look.",
  });
  const failure = toFailure(error, { attempt: 1, countTry: () => 1 });
  expect((failure as ApplicationFailure).message).toBe('it answered "ok \ufffd". Look.');
});
