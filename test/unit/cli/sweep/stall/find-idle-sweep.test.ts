import { describe, expect, it } from "vitest";
import type { Movement } from "../../../../../cli/sweep/stall/find-idle-sweep.js";
import { findIdleSweep } from "../../../../../cli/sweep/stall/find-idle-sweep.js";
import { LOCAL, NOW, step, unit } from "./stall-facts.js";

const MINUTE = 60_000;

const find = (changes: Partial<Movement> = {}, others = [unit()]) =>
  findIdleSweep(
    {
      open: { root: unit({ id: "sweep:demo", startedAt: NOW - 90 * MINUTE, steps: [] }), others },
      ...{ lastResultAt: NOW - 80 * MINUTE, paused: false, now: NOW },
      ...changes,
    },
    LOCAL,
  );

describe("no step ends", () => {
  const stuck = unit({
    startedAt: NOW - 50 * MINUTE,
    steps: [step({ scheduledAt: NOW - 40 * MINUTE })],
  });

  it("is named with the oldest step once a step could not take so long", () => {
    expect(find({}, [stuck])).toEqual({
      code: "STALLED_NO_PROGRESS",
      reason: "no step has ended for 40 minutes; infer, attempt 1 of demo/base/0/lookalike/1",
      next: "npx whetstone cancel demo, look at the log of the engine and of its worker, then npx whetstone resume demo",
    });
  });

  it("is no stall if a unit ended, a unit started or a step began since, or the sweep is paused", () => {
    expect(find({ lastResultAt: NOW - 29 * MINUTE }, [stuck])).toBeNull();
    expect(find({}, [stuck, unit({ startedAt: NOW - MINUTE, steps: [] })])).toBeNull();
    expect(find({}, [unit({ steps: [step({ scheduledAt: NOW - MINUTE })] })])).toBeNull();
    expect(find({ paused: true }, [stuck])).toBeNull();
  });

  it("a later attempt is no progress", () => {
    const steps = [step({ attempt: 2, scheduledAt: NOW - MINUTE, lastFailure: "ENGINE: gone" })];
    expect(find({}, [{ ...stuck, steps }])?.reason).toBe(
      "no step has ended for 50 minutes; infer, attempt 2: ENGINE: gone of demo/base/0/lookalike/1",
    );
  });
});

describe("a clock that was set back", () => {
  const later = NOW + 120 * MINUTE;

  it("hides no step that fails, although the newest result lies in the future", () => {
    const failing = unit({ steps: [step({ attempt: 6, lastFailure: "gone" })] });
    expect(find({ lastResultAt: later }, [failing])?.code).toBe("STALLED_STEPS_FAIL");
  });

  it("hides no step that takes too long, and is no stall by itself", () => {
    const stuck = unit({
      startedAt: NOW - 50 * MINUTE,
      steps: [step({ scheduledAt: NOW - 40 * MINUTE })],
    });
    expect(find({ lastResultAt: later }, [stuck])?.code).toBe("STALLED_NO_PROGRESS");
    const root = unit({ id: "sweep:demo", startedAt: later, steps: [] });
    const others = [unit({ startedAt: later, steps: [step({ scheduledAt: later })] })];
    expect(find({ open: { root, others }, lastResultAt: later })).toBeNull();
  });
});

describe("every open step fails", () => {
  const failing = (attempt: number) =>
    unit({ steps: [step({ attempt, lastFailure: "The engine serves another\nmodel." })] });

  it("is named with the last failure", () => {
    expect(find({}, [failing(5), failing(7)])).toEqual({
      code: "STALLED_STEPS_FAIL",
      reason: "every open step fails; infer, attempt 7: The engine serves another model.",
      next: "fix what the failure names; the steps are tried again by themselves",
    });
  });

  it("is no stall while one does not, or units get through", () => {
    expect(find({}, [failing(5), failing(4)])).toBeNull();
    expect(find({ lastResultAt: NOW - MINUTE / 2 }, [failing(5)])).toBeNull();
    expect(find({}, [unit({ steps: [] })])).toBeNull();
  });
});
