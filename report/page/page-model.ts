import type { Gold, Sample } from "../../domain/samples/sample.js";
import type { ResultRow } from "../../store/store.js";

/** A unit's outcome, as the page's filters name it. */
export const OUTCOMES = ["failed", "unparsable", "wrong", "right"] as const;

/** A variant of one sweep, as shown in the explorer. */
export interface PageVariant {
  readonly sweep: string;
  readonly name: string;
  readonly method: string;
  /** "control", "cheat" or "". */
  readonly mark: string;
  /** Position in `variants` of the base variant to compare with; -1 for none. */
  readonly base: number;
}

/** A sample's entry in the list; its chunk holds the details. */
export interface PageSample {
  readonly dataset: string;
  readonly key: string;
  /** The last user message, shortened. */
  readonly query: string;
  /** Which chunk holds its details, and the position in that chunk. */
  readonly chunk: number;
  readonly place: number;
}

/**
 * All units as columns, which are compact and fast to filter and sort. Every list has one entry per
 * unit, in unit key order of each sweep.
 */
export interface UnitColumns {
  /** Positions in `PageIndex.variants` and `PageIndex.samples`. */
  readonly variant: readonly number[];
  readonly sample: readonly number[];
  readonly seed: readonly number[];
  /** Position in `OUTCOMES`. */
  readonly outcome: readonly number[];
  /**
   * Compared with base on the same sample and seed: 1 gained, -1 lost, 0 unchanged or not
   * comparable.
   */
  readonly flip: readonly number[];
  /** 1 uncertain, 0 certain, -1 not judged. */
  readonly uncertain: readonly number[];
  readonly margin: readonly (number | null)[];
  /** 1 if an adapted model answered. */
  readonly adapted: readonly number[];
  /** Compute seconds of all steps that were not reused. */
  readonly seconds: readonly number[];
  /** Synthesis attempts; 0 if G did not run. */
  readonly attempts: readonly number[];
  /** Position in `PageIndex.verdicts`. */
  readonly verdict: readonly number[];
}

/** The data that the page's explorer loads first. */
export interface PageIndex {
  readonly variants: readonly PageVariant[];
  readonly samples: readonly PageSample[];
  /** Verdicts in words: "right", "wrong (name:search)", "failed (GPU_LOST)". */
  readonly verdicts: readonly string[];
  readonly units: UnitColumns;
  /** Prefix of every link into the Temporal UI, up to the workflow id; "" for no links. */
  readonly temporalLink: string;
}

/** One unit's data on its sample's page. */
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

/** Full details of one sample. */
export interface SampleDetail {
  readonly sample: Sample | null;
  readonly gold: Gold | null;
  readonly units: readonly UnitDetail[];
}

/** Result of `buildPageModel`. */
export interface PageModel {
  readonly index: PageIndex;
  /** Each a packed list of `SampleDetail`. */
  readonly chunks: readonly string[];
}
