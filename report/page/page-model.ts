import type { Gold, Sample } from "../../domain/samples/sample.js";
import type { ResultRow } from "../../store/store.js";

/** How a unit ended, as the page's filters name it. */
export const OUTCOMES = ["failed", "unparsable", "wrong", "right"] as const;

/** A variant of one sweep, as the explorer names it. */
export interface PageVariant {
  readonly sweep: string;
  readonly name: string;
  readonly method: string;
  /** "control", "cheat" or "". */
  readonly mark: string;
  /** Position in `variants` of the base variant it is compared with; -1 for none. */
  readonly base: number;
}

/** A sample as the list needs it; the rest is in its chunk. */
export interface PageSample {
  readonly dataset: string;
  readonly key: string;
  /** The last user message, shortened. */
  readonly query: string;
  /** Which chunk holds its details, and where in it. */
  readonly chunk: number;
  readonly place: number;
}

/**
 * All units, column by column: small, and quick to filter and sort. Every list has one entry per
 * unit, in the order of the unit keys of each sweep.
 */
export interface UnitColumns {
  /** Positions in `PageIndex.variants` and `PageIndex.samples`. */
  readonly variant: readonly number[];
  readonly sample: readonly number[];
  readonly seed: readonly number[];
  /** Position in `OUTCOMES`. */
  readonly outcome: readonly number[];
  /** Against base on the same sample and seed: 1 gained, -1 lost, 0 the same or nothing to compare. */
  readonly flip: readonly number[];
  /** 1 uncertain, 0 certain, -1 not judged. */
  readonly uncertain: readonly number[];
  readonly margin: readonly (number | null)[];
  /** 1 where an adapted model answered. */
  readonly adapted: readonly number[];
  /** Compute seconds of all steps that were not reused. */
  readonly seconds: readonly number[];
  /** Synthesis attempts; 0 where G did not run. */
  readonly attempts: readonly number[];
  /** Position in `PageIndex.verdicts`. */
  readonly verdict: readonly number[];
}

/** What the page's explorer loads first. */
export interface PageIndex {
  readonly variants: readonly PageVariant[];
  readonly samples: readonly PageSample[];
  /** Verdicts in words: "right", "wrong (name:search)", "failed (GPU_LOST)". */
  readonly verdicts: readonly string[];
  readonly units: UnitColumns;
  /** Start of every link into the Temporal UI, up to the workflow id; "" for no links. */
  readonly temporalLink: string;
}

/** A unit's part of its sample's page. */
export interface UnitDetail extends Pick<
  ResultRow,
  | "correctStrict"
  | "calls"
  | "errorCode"
  | "errorMessage"
  | "attempt"
  | "startedAt"
  | "finishedAt"
  | "runId"
  | "toolVersion"
  | "engineVersion"
  | "trace"
> {
  /** Position in the index's columns. */
  readonly unit: number;
}

/** Everything about one sample. */
export interface SampleDetail {
  readonly sample: Sample | null;
  readonly gold: Gold | null;
  readonly units: readonly UnitDetail[];
}

/** What `buildPageModel` makes of a report. */
export interface PageModel {
  readonly index: PageIndex;
  readonly chunks: readonly (readonly SampleDetail[])[];
}
