import type { ResolvedConfig } from "../domain/config/config.js";
import type { JsonObject, JsonValue } from "../domain/json/value.js";
import type { GoldCall } from "../domain/samples/sample.js";
import type { FeedbackVerdict } from "../domain/served/judge-feedback.js";
import type { ServedAnswer, ServedFrom } from "../domain/served/served-answer.js";
import type { UnitTrace } from "../domain/units/trace.js";
import type { Outcome, UnitRole } from "../domain/units/unit.js";
import type { SweepStatus } from "../domain/units/sweep-status.js";

/** One sweep: its config and the circumstances of its run. */
export interface SweepRecord {
  readonly name: string;
  readonly status: SweepStatus;
  /** One sentence if `status` is "stopped". */
  readonly statusReason: string | null;
  /** SHA-256 of the canonical JSON of all fields that affect results. */
  readonly configHash: string;
  readonly hashVersion: number;
  /** The config file's original text. */
  readonly configText: string;
  readonly config: ResolvedConfig;
  readonly provenance: JsonObject;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One unit's result: exactly one row per unit key. */
export interface ResultRow {
  readonly unitKey: string;
  readonly sweep: string;
  readonly variant: string;
  readonly seed: number;
  readonly dataset: string;
  readonly sampleKey: string;
  readonly role: UnitRole;
  readonly outcome: Outcome;
  /** Soft accuracy (headline) of the first answer; null if `failed`. */
  readonly correct: boolean | null;
  readonly correctStrict: boolean | null;
  /** The first answer's calls; null if it could not be parsed. */
  readonly calls: JsonValue | null;
  /** The part that made the answer wrong: "", "count", "name:…", "argument:…". */
  readonly verdict: string;
  /** True if the answer parsed only after repair. */
  readonly repaired: boolean;
  readonly margin: number | null;
  readonly uncertain: boolean | null;
  /** Answered by an adapted model. */
  readonly adapted: boolean;
  /** Null if G did not run. */
  readonly synthesisStatus: "ok" | "exhausted" | null;
  readonly synthesisAttempts: number;
  readonly candidateCount: number;
  /** Error code of a `failed` unit; null otherwise. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Number of runs of this unit: 1, plus one for each retry after a failure. */
  readonly attempt: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Temporal run id, for links to the UI. */
  readonly runId: string;
  readonly toolVersion: string;
  readonly engineVersion: string;
  readonly trace: UnitTrace;
}

/** A step value that several units may share (equal keys mean equal computations). */
export interface StepRecord {
  readonly key: string;
  readonly kind: "score" | "synthesize" | "answer" | "train";
  readonly value: JsonValue;
  readonly originUnit: string;
}

/** A calibrated threshold and its calibration data. */
export interface ThresholdRecord {
  readonly sweep: string;
  readonly variant: string;
  readonly seed: number;
  readonly tau: number;
  /** Youden's J, AUROC, n, record keys: the basis of the choice. */
  readonly details: JsonObject;
}

/** A request that the endpoint accepted. */
export interface ServedRequest {
  /** Hash of served name, tenant and request id. */
  readonly key: string;
  /** Name of the config's sweep. */
  readonly sweep: string;
  readonly tenant: string;
  readonly requestId: string;
  /** Hash of what was asked; the same id with another hash is another request. */
  readonly bodyHash: string;
  readonly variant: string;
  /** Seed index. */
  readonly seed: number;
  /** Where its sample is stored. */
  readonly dataset: string;
  readonly sampleKey: string;
  /** Latency budget, milliseconds; null: none. */
  readonly budgetMs: number | null;
  /** ISO 8601, UTC. */
  readonly acceptedAt: string;
}

/** A stored request. */
export interface ServedRow extends ServedRequest {
  /** Null until it is answered; never changes from then on. */
  readonly answer: ServedAnswer | null;
  readonly answeredAt: string | null;
  /** The base model's answer if the method's was given and the base model's is known; otherwise null. */
  readonly base: ServedAnswer | null;
  /** Why it has no answer yet, or why the base model answered instead of the method. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** A request's answer and how it came about. */
export interface SettledRequest {
  readonly answer: ServedAnswer;
  /** The base model's answer if it is known and another one is given; otherwise null. */
  readonly base: ServedAnswer | null;
  readonly margin: number | null;
  readonly trace: UnitTrace;
  /** Temporal run id of its workflow. */
  readonly runId: string;
  /** Why the base model answers instead of the method; null if the method answers. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Feedback on the answer to a served request, as judged when it came. */
export interface ServedFeedback {
  readonly requestKey: string;
  /** Name of the config's sweep. */
  readonly sweep: string;
  /** ISO 8601, UTC. */
  readonly givenAt: string;
  /** The right calls; null if the feedback only says whether the answer was right. */
  readonly calls: readonly GoldCall[] | null;
  readonly served: FeedbackVerdict;
  /** The base model's answer to the same request; null if it cannot be judged. */
  readonly base: FeedbackVerdict | null;
}

/** A served request with feedback, for statistics. */
export interface JudgedServedRequest extends Pick<
  ServedFeedback,
  "requestKey" | "served" | "base"
> {
  /** Equal for requests that ask the same. */
  readonly bodyHash: string;
  readonly from: ServedFrom;
  /** ISO 8601, UTC. */
  readonly acceptedAt: string;
  /** Whether the feedback has the right calls. */
  readonly hasCalls: boolean;
}

/** How many requests of one hour ended alike. */
export interface ServedCount {
  /** Start of the hour of acceptance, UTC: `2026-01-01T13`. */
  readonly hour: string;
  /** Who answered; null if nobody has. */
  readonly from: ServedFrom | null;
  /** Whether H found them uncertain; null if H did not score them, or if they have no answer. */
  readonly uncertain: boolean | null;
  /** Whether the method, or without an answer the whole request, has failed. */
  readonly failed: boolean;
  readonly count: number;
}
