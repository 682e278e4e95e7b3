import type { Gold, Sample } from "../domain/samples/sample.js";
import type { SynthesisAttempt } from "../domain/units/trace.js";
import type { PlannedUnit } from "../domain/units/unit.js";
import type { ResultRow, StepRecord, SweepRecord, ThresholdRecord } from "./records.js";

/** One sample of a sweep as the store holds it. */
export interface StoredSample {
  /** Name of the data set, or of a training split with its hash. */
  readonly dataset: string;
  readonly contentHash: string;
  readonly sample: Sample;
  readonly gold: Gold;
}

/** One row of a sweep, of any table; a complete sweep is a sequence of these, the sweep itself first. */
export type SweepPart =
  | { readonly kind: "sweep"; readonly sweep: SweepRecord }
  | ({ readonly kind: "sample" } & StoredSample)
  | { readonly kind: "unit"; readonly unit: PlannedUnit; readonly position: number }
  | { readonly kind: "threshold"; readonly threshold: ThresholdRecord }
  | {
      readonly kind: "result";
      readonly result: ResultRow;
      /** The result without texts that could not be rebuilt; a stored row that equals it is replaced. */
      readonly reduced?: ResultRow;
    }
  | { readonly kind: "step"; readonly step: StepRecord }
  | {
      readonly kind: "attempt";
      readonly scope: string;
      /** Key of a unit that drew it, or has the same seed and sample. */
      readonly unit: string;
      readonly attempt: SynthesisAttempt;
    };

/** Name of a table's rows. */
export type SweepPartKind = SweepPart["kind"];

/** How many rows of each kind a restore added; rows that the store had are not counted. */
export interface RestoredCounts {
  /** Whether the sweep was new, or which config was kept. */
  readonly state: "new" | "same" | "grown" | "older";
  readonly added: Readonly<Record<SweepPartKind, number>>;
}
