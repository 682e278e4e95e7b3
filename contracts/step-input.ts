import type { PlannedUnit } from "../domain/units/unit.js";
import type { SweepPlan } from "./sweep-plan.js";

/** Input common to all steps of a unit; steps read texts from the store by the unit's sample key. */
export interface StepInput {
  readonly unit: PlannedUnit;
  readonly plan: SweepPlan;
}
