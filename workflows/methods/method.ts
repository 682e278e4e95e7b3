import type { RecallableStep } from "../../contracts/steps/recall-steps.js";
import type { UnitRun } from "../unit-run.js";

/** One way to answer a unit (specification, section 6). */
export interface MethodDefinition {
  /** Steps to look up in the store before any is scheduled. */
  readonly recalls: readonly RecallableStep[];
  /** Answers the unit and notes every step in the run. */
  answer(run: UnitRun): Promise<void>;
}
