/** Identifies one unit, the smallest item that is run, retried, resumed and counted. */
export interface UnitRef {
  /** `<sweep>/<variant>/<seed>/<dataset>/<row>-<hash8>`. */
  readonly key: string;
  readonly sweep: string;
  readonly variant: string;
  /** Seed index of the sweep (0, 1, ...). */
  readonly seed: number;
  readonly dataset: string;
  /** `Sample.key`. */
  readonly sampleKey: string;
}

/** Purpose of a unit: reported, or only for calibrating `tau: auto`. */
export type UnitRole = "report" | "calibration";

/** A planned unit. */
export interface PlannedUnit extends UnitRef {
  readonly role: UnitRole;
}

/** How a unit ended. `failed` means an infrastructure failure: it can be retried and never counts as wrong. */
export type Outcome = "scored" | "unparsable" | "failed";
