import type { ColumnType } from "kysely";

/** Set on insert, never updated. */
type Fixed<T> = ColumnType<T, T, never>;

/**
 * A boolean as 0 or 1, which works in both SQLite and PostgreSQL, including `avg()` in ad hoc
 * queries.
 */
export type Flag = 0 | 1;

/** A JSON document as text, for both databases; PostgreSQL's jsonb would refuse `\u0000`. */
type JsonText = string;

/** Tables of the results database. Times are ISO 8601 in UTC. */
export interface Database {
  sweeps: {
    name: Fixed<string>;
    status: string;
    status_reason: string | null;
    config_hash: string;
    hash_version: number;
    config_text: string;
    config: JsonText;
    provenance: JsonText;
    created_at: Fixed<string>;
    updated_at: string;
  };
  samples: {
    dataset: Fixed<string>;
    sample_key: Fixed<string>;
    row_number: number;
    /** Hash of the dataset that the sample came from. */
    content_hash: string;
    sample: JsonText;
  };
  /** Separate from `samples`, so that code that answers a sample never reads its gold. */
  gold: {
    dataset: Fixed<string>;
    sample_key: Fixed<string>;
    gold: JsonText;
  };
  units: {
    unit_key: Fixed<string>;
    sweep: Fixed<string>;
    variant: Fixed<string>;
    seed: Fixed<number>;
    dataset: Fixed<string>;
    sample_key: Fixed<string>;
    role: string;
    /** Position in the plan, from 0. */
    position: number;
    /** `hashSample` of the sample key, for partitions; null in rows of versions that did not store it. */
    sample_hash: ColumnType<number | string | null, number, number>;
  };
  results: ResultsTable;
  steps: {
    step_key: Fixed<string>;
    kind: Fixed<string>;
    value: Fixed<JsonText>;
    origin_unit: Fixed<string>;
  };
  synthesis_attempts: {
    scope: Fixed<string>;
    k: Fixed<number>;
    attempt: Fixed<number>;
    /** Up to 2^53; PostgreSQL's driver returns bigint as text. */
    seed: ColumnType<number | string, number, never>;
    reason: Fixed<string>;
    excerpt: Fixed<string>;
    usage: Fixed<JsonText | null>;
    /** Null in rows of versions that did not store it. */
    worker: Fixed<string | null>;
    compute_ms: Fixed<number | null>;
    /** Key of the unit that made the attempt; null as above, and in restored rows. */
    origin_unit: ColumnType<string | null, string | null | undefined, never>;
  };
  thresholds: {
    sweep: Fixed<string>;
    variant: Fixed<string>;
    seed: Fixed<number>;
    tau: number;
    details: JsonText;
  };
  /** One row per request that the endpoint accepted; see `ServedRow`. */
  served_requests: {
    request_key: Fixed<string>;
    sweep: Fixed<string>;
    tenant: Fixed<string>;
    request_id: Fixed<string>;
    body_hash: Fixed<string>;
    variant: Fixed<string>;
    seed: Fixed<number>;
    dataset: Fixed<string>;
    sample_key: Fixed<string>;
    budget_ms: Fixed<number | null>;
    accepted_at: Fixed<string>;
    answered_at: ColumnType<string | null, undefined, string>;
    answered_by: ColumnType<string | null, undefined, string>;
    uncertain: ColumnType<Flag | null, undefined, Flag | null>;
    margin: ColumnType<number | null, undefined, number | null>;
    answer: ColumnType<JsonText | null, undefined, JsonText>;
    base_answer: ColumnType<JsonText | null, undefined, JsonText | null>;
    trace: ColumnType<JsonText | null, undefined, JsonText>;
    run_id: ColumnType<string | null, undefined, string>;
    error_code: ColumnType<string | null, undefined, string | null>;
    error_message: ColumnType<string | null, undefined, string | null>;
  };
  /** At most one row per served request; see `ServedFeedback`. */
  served_feedback: {
    request_key: Fixed<string>;
    sweep: Fixed<string>;
    given_at: string;
    calls: JsonText | null;
    correct: Flag;
    correct_strict: Flag | null;
    verdict: string;
    base_correct: Flag | null;
    base_correct_strict: Flag | null;
    base_verdict: string | null;
  };
}

/** One row per finished unit; see `ResultRow`. */
export interface ResultsTable {
  unit_key: string;
  sweep: string;
  variant: string;
  seed: number;
  dataset: string;
  sample_key: string;
  role: string;
  outcome: string;
  correct: Flag | null;
  correct_strict: Flag | null;
  calls: JsonText | null;
  verdict: string;
  repaired: Flag;
  margin: number | null;
  uncertain: Flag | null;
  adapted: Flag;
  synthesis_status: string | null;
  synthesis_attempts: number;
  candidate_count: number;
  error_code: string | null;
  error_message: string | null;
  attempt: number;
  started_at: string;
  finished_at: string;
  run_id: string;
  tool_version: string;
  engine_version: string;
  trace: JsonText;
}
