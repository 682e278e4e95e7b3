import type { ResolvedConfig } from "../domain/config/config.js";
import type { JsonObject } from "../domain/json/value.js";
import type { Gold, GoldSample, Sample } from "../domain/samples/sample.js";
import type { StepTiming, SynthesisAttempt } from "../domain/units/trace.js";
import type { PlanPlace } from "../domain/units/plan-place.js";
import type { PlannedUnit, UnitRole } from "../domain/units/unit.js";
import type { ServedAnswer } from "../domain/served/served-answer.js";
import type {
  JudgedServedRequest,
  ResultRow,
  ServedCount,
  ServedFeedback,
  ServedRequest,
  ServedRow,
  SettledRequest,
  StepRecord,
  SweepRecord,
  ThresholdRecord,
} from "./records.js";
import type { RestoredCounts, SweepPart } from "./sweep-parts.js";
import type { SweepStatus } from "../domain/units/sweep-status.js";

export type {
  JudgedServedRequest,
  ResultRow,
  ServedCount,
  ServedFeedback,
  ServedRequest,
  ServedRow,
  StepRecord,
  SweepRecord,
  ThresholdRecord,
} from "./records.js";

/** Filter for `listResults`; absent fields match everything. */
export interface ResultFilter {
  readonly variant?: string;
  readonly seed?: number;
  readonly dataset?: string;
  readonly sampleKey?: string;
  readonly role?: UnitRole;
  readonly failed?: boolean;
  readonly uncertain?: boolean;
  readonly wrong?: boolean;
  readonly adapted?: boolean;
}

/** What identifies one row: its unit, and the unit's sample. */
export type ResultKey = Pick<ResultRow, "unitKey" | "dataset" | "sampleKey">;

/** How many units of a variant and data set an estimator judged, and how many of them it flagged as uncertain. */
export interface FlaggedCount {
  readonly variant: string;
  readonly dataset: string;
  readonly judged: number;
  readonly flagged: number;
}

/** Unit counts of one sweep (both roles), for progress. */
export interface SweepCounts {
  readonly planned: number;
  readonly scored: number;
  readonly unparsable: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly adapted: number;
  readonly correct: number;
}

/** How far a sweep is, from its rows alone, so that every reader sees the same. */
export interface StoredProgress {
  /** Per variant and role, in plan order; `ended` includes `failed`. */
  readonly variants: readonly {
    readonly variant: string;
    readonly role: UnitRole;
    readonly planned: number;
    readonly ended: number;
    readonly failed: number;
  }[];
  /** Failed units by error code, most first. */
  readonly errors: readonly { readonly code: string; readonly count: number }[];
  /** The newest rows' times (ISO 8601), newest first, at most 500. */
  readonly ends: readonly { readonly startedAt: string; readonly finishedAt: string }[];
  /** Timings of the steps of the newest rows, at most 50 rows. */
  readonly timings: readonly StepTiming[];
}

/**
 * The results database: the source of truth for what is planned and what is done. Every write is an
 * idempotent upsert. The same code runs on SQLite (file) and PostgreSQL (URL).
 */
export interface Store {
  /** Inserts the sweep or returns the stored one; never overwrites config or hash. */
  createSweep(record: Omit<SweepRecord, "createdAt" | "updatedAt">): Promise<SweepRecord>;
  getSweep(name: string): Promise<SweepRecord | null>;
  listSweeps(): Promise<SweepRecord[]>;
  setSweepStatus(name: string, status: SweepStatus, reason?: string | null): Promise<void>;
  /** Stores additions that a resume may make (seeds, variants, samples, run settings). */
  updateSweepConfig(
    name: string,
    config: ResolvedConfig,
    configText: string,
    configHash: string,
    provenance?: JsonObject,
  ): Promise<void>;

  putSamples(dataset: string, contentHash: string, samples: readonly GoldSample[]): Promise<void>;
  getSample(dataset: string, sampleKey: string): Promise<Sample | null>;
  /** Every sample stored under a dataset's name, in file order. */
  listSamples(dataset: string): Promise<Sample[]>;
  /** For scoring only: `recordResult`, labeled examples, the report. */
  getGold(dataset: string, sampleKey: string): Promise<Gold | null>;
  /** Those of the samples that are stored, with their gold, by key; for reports, like `getGold`. */
  getGoldSamples(
    dataset: string,
    sampleKeys: readonly string[],
  ): Promise<ReadonlyMap<string, GoldSample>>;

  putUnits(units: readonly PlannedUnit[]): Promise<void>;
  /**
   * Units of the sweep without a row, plus those whose row is `failed` if `includeFailed`; in plan
   * order.
   */
  listPendingUnits(sweep: string, options?: PendingOptions): Promise<PlannedUnit[]>;
  /**
   * A page of the same units: the first `limit` of those after a place in the plan. Costs the same wherever the page
   * starts, and however many units are pending.
   */
  pagePendingUnits(sweep: string, page: PendingPage): Promise<readonly PlacedUnit[]>;
  /** How many such units there are of each kind, in plan order. */
  countPendingUnits(sweep: string, options?: PendingOptions): Promise<PendingCount[]>;
  /** The last place of the plan; null if it has no units. */
  findLastPlace(sweep: string): Promise<PlanPlace | null>;
  countUnits(sweep: string, role?: UnitRole): Promise<number>;
  /** How many samples of each dataset the sweep reports on, by the dataset's name. */
  countPlannedSamples(sweep: string): Promise<ReadonlyMap<string, number>>;
  /** Keys of the samples of one dataset that the sweep reports on, in key order. */
  listPlannedSamples(sweep: string, dataset: string): Promise<string[]>;

  putResult(row: ResultRow): Promise<void>;
  getResult(unitKey: string): Promise<ResultRow | null>;
  /** Those of `unitKeys` that have a row. */
  findFinished(unitKeys: readonly string[]): Promise<string[]>;
  listResults(sweep: string, filter?: ResultFilter): Promise<ResultRow[]>;
  /** What identifies the same rows; in order of their unit keys, alike on every database, or of the plan. */
  listResultKeys(
    sweep: string,
    filter?: ResultFilter,
    order?: "key" | "plan",
  ): Promise<ResultKey[]>;
  /** The rows of these units in this order; units without a row are left out. Never more than a page in memory. */
  streamRows(unitKeys: readonly string[]): AsyncIterable<ResultRow>;
  /** The same rows in order of their unit keys, alike on every database; never more than a page of them in memory. */
  streamResults(sweep: string, filter?: ResultFilter): AsyncIterable<ResultRow>;
  /** When each answered unit ended (ISO 8601), in no order. */
  listEnds(sweep: string): Promise<string[]>;
  /** Reported units that an estimator judged, by variant and data set. */
  countFlagged(sweep: string): Promise<FlaggedCount[]>;
  /** A page of the answers of models that were not adapted, in the order in which they were finished. */
  listUnadapted(sweep: string, page: { offset: number; limit: number }): Promise<ResultRow[]>;
  countResults(sweep: string): Promise<SweepCounts>;
  readProgress(sweep: string): Promise<StoredProgress>;

  getStep(key: string): Promise<StepRecord | null>;
  /** The first writer wins; returns the stored record. */
  putStep(record: StepRecord): Promise<StepRecord>;

  /**
   * Idempotent per (scope, k, attempt); `scope` is the synthesis step key, `originUnit` the key of the unit that made
   * the attempt.
   */
  recordSynthesisAttempt(
    scope: string,
    attempt: SynthesisAttempt,
    originUnit?: string,
  ): Promise<void>;
  listSynthesisAttempts(scope: string): Promise<SynthesisAttempt[]>;

  /** Threshold chosen for `tau: auto`. */
  putThreshold(record: ThresholdRecord): Promise<void>;
  listThresholds(sweep: string): Promise<ThresholdRecord[]>;

  /**
   * Inserts a request of the endpoint with its sample, or returns the stored one, whose `bodyHash` may differ: then
   * nothing is stored.
   */
  acceptServedRequest(request: ServedRequest, sample: Sample): Promise<ServedRow>;
  getServedRequest(key: string): Promise<ServedRow | null>;
  /** Stores a request's answer; the first one stays. Returns the stored answer, null if there is no such request. */
  settleServedRequest(key: string, settled: SettledRequest): Promise<ServedAnswer | null>;
  /** Adds the base model's answer to a request that was settled before it was known. */
  addServedBase(key: string, base: ServedAnswer): Promise<void>;
  /** Notes why a request has no answer; has no effect on one that has. */
  failServedRequest(
    key: string,
    error: { readonly code: string; readonly message: string },
  ): Promise<void>;
  /** The tenant's request whose key begins so; null if there is none. */
  findServedRequest(place: {
    readonly sweep: string;
    readonly tenant: string;
    readonly keyStart: string;
  }): Promise<ServedRow | null>;

  /** Stores feedback; replaces the request's earlier one. */
  putServedFeedback(feedback: ServedFeedback): Promise<void>;
  getServedFeedback(requestKey: string): Promise<ServedFeedback | null>;
  /** The requests of a served name that have feedback, in order of acceptance. */
  listJudgedRequests(sweep: string): Promise<JudgedServedRequest[]>;
  /** The requests of a served name, counted per hour in order of time. */
  countServedRequests(sweep: string): Promise<ServedCount[]>;
  /** Changes with the requests of a served name and their feedback; null if there are none. */
  findServedVersion(sweep: string): Promise<string | null>;
  /**
   * Deletes the requests of a served name that were accepted before a time (ISO 8601), with their samples, steps,
   * attempts and feedback. Returns how many; what a crash has left is deleted the next time.
   */
  deleteServedRequests(sweep: string, before: string): Promise<number>;

  /**
   * Everything of one sweep, for an archive: the sweep, samples, units, thresholds, results in plan order, then steps
   * and attempts by key. Includes the steps of other sweeps that this one reused or would reuse. Empty if there is no
   * such sweep.
   */
  readSweep(name: string): AsyncIterable<SweepPart>;
  /**
   * Adds a sweep in one transaction, all or nothing; rows that are stored already stay as they are. `readParts` is
   * called again if the database was busy. Throws `ARCHIVE_CONFLICT` if config, samples or results differ from the
   * stored ones.
   */
  writeSweep(readParts: () => AsyncIterable<SweepPart>): Promise<RestoredCounts>;

  close(): Promise<void>;
}

export interface PendingOptions {
  readonly role?: UnitRole;
  readonly includeFailed?: boolean;
  /** With `includeFailed`, only those of a run that started before this time (ISO 8601); absent: all. */
  readonly failedBefore?: string;
}

/** Which page of pending units to read. */
export interface PendingPage extends PendingOptions {
  /** The page starts after this place; null: at the start of the plan. */
  readonly after: PlanPlace | null;
  readonly limit: number;
  /** Only units of this partition of so many (`partitionOf`); absent: of all. */
  readonly partition?: { readonly index: number; readonly of: number };
}

/** Pending units that differ in their sample alone. */
export interface PendingCount extends Omit<PlannedUnit, "key" | "sweep" | "sampleKey"> {
  readonly count: number;
}

/** A unit with its place in the plan. */
export interface PlacedUnit {
  readonly unit: PlannedUnit;
  readonly place: PlanPlace;
}
