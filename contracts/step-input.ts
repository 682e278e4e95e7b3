import type { PlannedUnit } from "../domain/units/unit.js";
import type { SweepPlan } from "./sweep-plan.js";

/** What every step of a unit is told; texts are read from the store by the unit's sample key. */
export interface StepInput {
  readonly unit: PlannedUnit;
  readonly plan: SweepPlan;
}
