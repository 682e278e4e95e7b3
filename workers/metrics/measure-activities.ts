import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import { Runtime } from "@temporalio/worker";
import type { ActivityInterceptorsFactory } from "@temporalio/worker";
import type { RecordResultResult } from "../../contracts/steps/record-result.js";
import type { ResetAdapterInput } from "../../contracts/steps/reset-adapter.js";
import type { TrainAdapterResult } from "../../contracts/steps/train-adapter.js";
import type { Meters } from "./meters.js";
import { createMeters } from "./meters.js";

/** Interceptors that measure every activity of a worker; call once per process. */
export function measureActivities(
  meters: Meters = createMeters(Runtime.instance().metricMeter),
): ActivityInterceptorsFactory {
  const adapters = new Set<string>();
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const step = info.activityType;
        const started = performance.now();
        // The clocks of server and worker may differ slightly.
        const queued = Math.max(0, Date.now() - info.currentAttemptScheduledTimestampMs) / 1000;
        try {
          const result = await next(input);
          note(step, input.args[0], result);
          return result;
        } catch (error) {
          if (!isCancelled(error)) meters.countFailure(step, codeOf(error));
          throw error;
        } finally {
          meters.timeStep(step, { queued, run: (performance.now() - started) / 1000 });
        }
      },
    },
  });

  /** Counts what a step's result says. */
  function note(step: string, input: unknown, result: unknown): void {
    if (step === "recordResult") meters.countUnit((result as RecordResultResult).outcome);
    const trained = step === "trainAdapter" ? (result as TrainAdapterResult) : null;
    if (trained?.kind === "trained") adapters.add(trained.handle.adapterId);
    else if (step === "resetAdapter") adapters.delete((input as ResetAdapterInput).adapterId);
    else return;
    meters.setAdapters(adapters.size);
  }
}

/** Whether an attempt ended because its unit or its worker stops. */
function isCancelled(error: unknown): boolean {
  return (
    error instanceof CancelledFailure || (error instanceof Error && error.name === "AbortError")
  );
}

function codeOf(error: unknown): string {
  return error instanceof ApplicationFailure && error.type ? error.type : "UNEXPECTED";
}
