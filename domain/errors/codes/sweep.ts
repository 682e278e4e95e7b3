import type { CodeRecord } from "../code-record.js";

/** A sweep and its units. */
export const SWEEP_CODES = {
  SWEEP_FAILURES: {
    meaning: "the sweep finished with more failures than `failOnError` allows",
    next: "`npx whetstone samples SWEEP --failed`, then `retry SWEEP --failed`",
    retryable: false,
  },
  SWEEP_STOPPED: {
    meaning:
      "the sweep stopped early: too many units failed, or the first ones all with the same error",
    next: "fix the cause, then `npx whetstone resume SWEEP`",
    retryable: false,
  },
  ANSWERS_UNREADABLE: {
    meaning:
      "the sweep stopped because half or more of the base model's first 20 answers could not be read as calls; two are quoted. Running it again stops again",
    next: "run the printed command: as a new sweep with constrained answers, or with `run.stopOnUnreadable: false`",
    retryable: false,
  },
  SWEEP_CANCELLED: {
    meaning: "the sweep was cancelled",
    next: "`npx whetstone resume SWEEP` runs the remaining units",
    retryable: false,
  },
  SWEEP_WORKFLOW_FAILED: {
    meaning: "the sweep's workflow failed",
    next: "see `status` and the Temporal UI, then `resume`",
    retryable: false,
  },
  SWEEP_RUNNING: {
    meaning: "new verdicts cannot be written while the sweep runs",
    next: "wait: `npx whetstone status SWEEP --watch`",
    retryable: false,
  },
  SWEEP_NOT_RUNNING: {
    meaning: "the sweep is not running, so nothing can be paused, cancelled or changed",
    next: "`npx whetstone status SWEEP`",
    retryable: false,
  },
  SAMPLE_MISSING: {
    meaning: "a worker's store lacks a sample that the command planned",
    next: "workers and command must share `WHETSTONE_DATABASE_URL`",
    retryable: false,
  },
  VARIANT_MISSING: {
    meaning: "a worker's store lacks a variant that the command planned",
    next: "workers and command must share `WHETSTONE_DATABASE_URL`",
    retryable: false,
  },
  TRAINING_SET_EMPTY: {
    meaning: "an `sft` variant's split has no records",
    next: "check the split's `path` and `limit`",
    retryable: false,
  },
  FINE_TUNE_MISSING: {
    meaning: "a unit of `sft` ran without the adapter that its sweep trains first",
    next: "run the config again",
    retryable: false,
  },
  THRESHOLD_MISSING: {
    meaning: "a unit of a `tau: auto` variant has no chosen threshold",
    next: "`npx whetstone retry SWEEP --failed`, or give `tau` a number",
    retryable: false,
  },
  CALIBRATION_EMPTY: {
    meaning: "`tau: auto` has no calibration record to choose from",
    next: "`npx whetstone retry SWEEP --failed`, or give `tau` a number",
    retryable: false,
  },
  CHANNEL_NOT_SCORED: {
    meaning:
      "`tau: auto` of a `channel` variant finds calibration records that were scored before the sweep had such a variant",
    next: "run the config under a new sweep name, or give `tau` a number",
    retryable: false,
  },
  ANSWER_NOT_SCORED: {
    meaning:
      "`tau: auto` of a variant whose estimator reads the model's own answers finds calibration records that were scored before the sweep had such a variant",
    next: "run the config under a new sweep name, or give `tau` a number",
    retryable: false,
  },
  SynthesisUnparsable: {
    meaning: "a synthesis attempt failed its checks; Temporal retries it",
    next: "nothing; the reason is in the sample's `show`",
    retryable: true,
  },
  SynthesisExhausted: {
    meaning: "all attempts of a pair failed; the base model answers",
    next: "nothing; the report counts these",
    retryable: false,
  },
  STEP_TIMED_OUT: {
    meaning: "every attempt of a step exceeded its time limit",
    next: "look for the worker in `dev status`, then `retry SWEEP --failed`",
    retryable: false,
  },
  UNIT_TERMINATED: {
    meaning: "the unit's workflow was terminated",
    next: "`npx whetstone retry SWEEP --failed`",
    retryable: false,
  },
  UNIT_CANCELLED: {
    meaning: "the unit's workflow was cancelled",
    next: "`npx whetstone retry SWEEP --failed`",
    retryable: false,
  },
  NO_ANSWER: {
    meaning: "a unit ended without an answer and without an error: a defect",
    next: "report it",
    retryable: false,
  },
  UNEXPECTED: {
    meaning: "an error without a code: a defect",
    next: "run again with `WHETSTONE_DEBUG=1` and report what it prints",
    retryable: false,
  },
  UNKNOWN: {
    meaning: "a failure of a workflow without a code: a defect",
    next: "run again with `WHETSTONE_DEBUG=1` and report what it prints",
    retryable: false,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
