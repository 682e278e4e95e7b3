import type { RunSettings } from "../domain/config/config.js";
import type { RecordPlace } from "./sweep-plan.js";

/** Input of a sweep's root workflow. */
export interface SweepInput {
  readonly sweep: string;
  readonly run: RunSettings;
  /** Also rerun units whose row is `failed` and older than this workflow. */
  readonly retryFailed: boolean;
  readonly recordOn: RecordPlace;
  /** What has a workflow of its own; absent in sweeps that earlier versions started: each unit. */
  readonly workflowPer?: "sample";
}

/** How a sweep ended. */
export interface SweepResult {
  readonly status: "finished" | "stopped";
  /** One sentence if `status` is "stopped". */
  readonly reason: string | null;
  /** Units without a row. */
  readonly pending: number;
  /** Rows that are `failed`. */
  readonly failed: number;
}
