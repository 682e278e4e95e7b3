import type { PlanPlace } from "../../domain/units/plan-place.js";
import type { PlannedUnit, UnitRole } from "../../domain/units/unit.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { SweepPlan } from "../sweep-plan.js";

/** Input of `listUnits`. */
export interface ListUnitsInput {
  readonly sweep: string;
  readonly role: UnitRole;
  readonly partition: number;
  readonly partitions: number;
  /** Also list `failed` units that started before this time; null: list none. */
  readonly retryFailedBefore: string | null;
  /** Units per page. */
  readonly limit: number;
  /** The page starts after this place; absent: at the first unit to run. */
  readonly after?: PlanPlace;
}

/** One unit of a page; the rest of its workflow's input is in the page's shared fields. */
export interface ListedUnit {
  readonly unit: PlannedUnit;
  readonly tau: number;
  /** Other samples whose pair this one may use (shuffled-pair), nearest in the rotation first. */
  readonly partners?: readonly string[];
}

/** A page of pending units in plan order. */
export interface ListUnitsResult {
  readonly units: readonly ListedUnit[];
  /** Every variant that occurs in `units`. */
  readonly variants: readonly VariantSpec[];
  readonly plan: Omit<SweepPlan, "recordOn">;
  /** Whether the partition has units beyond this page. */
  readonly more: boolean;
  /** Where the next page starts; absent in results of earlier versions. */
  readonly end?: PlanPlace;
}
