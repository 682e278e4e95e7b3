/** Names one unit: the smallest thing that is run, retried, resumed and counted. */
export interface UnitRef {
  /** `<sweep>/<variant>/<seed>/<dataset>/<row>-<hash8>`; also the sample workflow's id. */
  readonly key: string;
  readonly sweep: string;
  readonly variant: string;
  /** Seed index of the sweep (0, 1, ...). */
  readonly seed: number;
  readonly dataset: string;
  /** `Sample.key`. */
  readonly sampleKey: string;
}

/** Why a unit is in the plan: it is reported, or it only calibrates `tau: auto`. */
export type UnitRole = "report" | "calibration";

/** A unit as planned. */
export interface PlannedUnit extends UnitRef {
  readonly role: UnitRole;
}

/** How a unit ended. `failed` is infrastructure: retried, never counted as wrong. */
export type Outcome = "scored" | "unparsable" | "failed";
