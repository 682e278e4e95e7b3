import type { OpenStep, OpenWorkflow } from "../../../../../cli/sweep/stall/read-open-workflows.js";
import type { Deployment } from "../../../../../cli/sweep/stall/stall.js";

/** Milliseconds since 1970 at which the tests look at a sweep. */
export const NOW = Date.parse("2026-01-01T12:00:00Z");

/** A sweep on this machine. */
export const LOCAL: Deployment = {
  ...{ sweep: "demo", externalTemporal: false, externalEngine: false },
  ...{ temporalAddress: "127.0.0.1:7233", namespace: "default" },
  engineUrl: "http://127.0.0.1:8400",
};

/** A sweep whose parts run on other hosts. */
export const REMOTE: Deployment = {
  ...LOCAL,
  ...{ externalTemporal: true, temporalAddress: "control:7233", engineUrl: null },
};

/** A step that a worker took ten minutes ago and that sends heartbeats. */
export const step = (changes: Partial<OpenStep> = {}): OpenStep => ({
  ...{ type: "infer", queue: "whetstone-gpu", attempt: 1, lastFailure: null },
  ...{ scheduledAt: NOW - 600_000, aliveAt: NOW - 3_000 },
  ...changes,
});

/** A unit of the sweep. */
export const unit = (changes: Partial<OpenWorkflow> = {}): OpenWorkflow => ({
  ...{ id: "demo/base/0/lookalike/1", runId: "r", startedAt: NOW - 600_000, taskAttempt: 0 },
  steps: [step()],
  ...changes,
});
