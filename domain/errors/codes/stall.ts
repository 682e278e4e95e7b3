import type { CodeRecord } from "../code-record.js";

/** A running sweep that does not go on by itself; `status` and the progress line name it. */
export const STALL_CODES = {
  STALLED_NO_SERVER: {
    meaning: "the Temporal server of a running sweep does not answer",
    next: "`npx whetstone resume SWEEP`, or start the server that `TEMPORAL_ADDRESS` names",
    retryable: true,
  },
  STALLED_NOT_RUNNING: {
    meaning: "a sweep that the store calls running has no open workflow: it was terminated",
    next: "`npx whetstone resume SWEEP`",
    retryable: false,
  },
  STALLED_NO_WORKER: {
    meaning: "work waits in a task queue from which no live worker takes tasks",
    next: "start the named role: `npx whetstone resume SWEEP` on one machine, `npx whetstone worker ROLE` elsewhere; a GPU worker takes tasks only while its engine answers",
    retryable: true,
  },
  STALLED_WORKFLOW_FAILS: {
    meaning:
      "workers fail to run a workflow: they have another version of its code than the one that started it, or a bug",
    next: "run workers of the version that started the sweep, or terminate its open workflows by the printed command and `npx whetstone resume SWEEP`: finished units stay",
    retryable: true,
  },
  STALLED_NO_ENGINE: {
    meaning: "the engine of a running sweep does not answer: it hangs or is gone",
    next: "`npx whetstone dev down`, then `npx whetstone resume SWEEP`; or restart the engine at `WHETSTONE_ENGINE_URL`",
    retryable: true,
  },
  STALLED_STEPS_FAIL: {
    meaning: "every open step fails again and again; the last failure is quoted",
    next: "fix what the failure names; the steps are tried again by themselves",
    retryable: true,
  },
  STALLED_NO_PROGRESS: {
    meaning: "no step has ended for longer than a step may take",
    next: "look at the named unit in the Temporal UI, and at the engine's log",
    retryable: true,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
