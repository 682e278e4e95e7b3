import type { Priority } from "@temporalio/common";
import type { StepTiming } from "../domain/units/trace.js";
import type { UnitRun } from "./unit-run.js";

/** Steps that wait at the default priority among those of all sweeps. */
const WAITS: ReadonlySet<StepTiming["step"]> = new Set([
  "scoreUncertainty",
  "groundAnswer",
  "synthesize",
  "measureHeldBack",
]);

/**
 * Temporal's keys: a task with a lower one goes first, whatever its sweep; 3 is the default. Steps on a live adapter
 * end the unit and free its memory.
 */
export const ON_ADAPTER: Priority = { priorityKey: 1 };

/**
 * Priority of a step that follows others in its unit. It goes first only if the unit has computed one that waited its
 * turn: otherwise a sweep whose units begin with this step would keep all others waiting.
 */
export function followUp(
  { trace }: Pick<UnitRun, "trace">,
  step: "infer" | "trainAdapter",
): { priority?: Priority } {
  const hasWaited = trace.timings.some(
    (timing) => WAITS.has(timing.step) && timing.reusedFrom === undefined,
  );
  return hasWaited ? { priority: { priorityKey: step === "infer" ? 1 : 2 } } : {};
}
