import type { RecallableStep } from "../../contracts/steps/recall-steps.js";
import type { UnitRun } from "../unit-run.js";

/** One way to answer a unit (specification, section 6). */
export interface MethodDefinition {
  /** Steps that are worth looking for in the store before any is scheduled. */
  readonly recalls: readonly RecallableStep[];
  /** Answers the unit; everything that happens is noted in the run. */
  answer(run: UnitRun): Promise<void>;
}
