import { describeEstimator } from "../../domain/uncertainty/registry.js";
import { scoreNames, scoreQueries } from "../support/candidate-scores.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { withHeartbeat } from "../support/heartbeat.js";
import type { SharedSteps } from "../support/shared-steps.js";
import { loadStepContext } from "../support/step-context.js";
import { channelKey, scoreKey } from "../support/step-keys.js";
import { startStepTimer } from "../support/step-timer.js";
import type { StoredQueryScores, StoredScores } from "../support/step-values.js";
import { addQueryScores, judgeScores } from "../support/step-values.js";
import type {
  ScoreUncertaintyInput,
  ScoreUncertaintyResult,
} from "../../contracts/steps/score-uncertainty.js";

/**
 * H (section 3.1, App. D): scores the name of each candidate tool and estimates the model's confidence. The scores
 * do not depend on estimator, tau or seed, so all units of a sample share them.
 */
export function createScoreUncertainty(
  { store, engine, worker }: GpuDependencies,
  steps: SharedSteps,
): (input: ScoreUncertaintyInput) => Promise<ScoreUncertaintyResult> {
  return async (input) => {
    const time = startStepTimer("scoreUncertainty", worker);
    const { unit, plan, estimator } = input;
    const context = await loadStepContext(store, input);
    const { sample } = context;
    const { key: unitKey } = unit;
    const names = await steps.getOrCompute<StoredScores>(
      { key: scoreKey(context), kind: "score", unitKey },
      () =>
        withHeartbeat("scoring candidates", (signal) =>
          scoreNames(engine, context, sample, {
            signal,
            expectedFingerprint: plan.modelFingerprint,
          }),
        ),
    );
    const queries = describeEstimator(estimator.kind).readsQueries
      ? await steps.getOrCompute<StoredQueryScores>(
          { key: channelKey(context), kind: "score", unitKey },
          () =>
            withHeartbeat("scoring the query under each candidate", (signal) =>
              scoreQueries(engine, sample, {
                signal,
                expectedFingerprint: plan.modelFingerprint,
              }),
            ),
        )
      : null;
    const scores = addQueryScores(names.value, queries?.value ?? null);
    const uncertainty = judgeScores(scores, unit, estimator, input.tau);
    // The step counts as reused only if nothing was computed.
    const reused =
      queries === null || queries.reusedFrom !== undefined ? names.reusedFrom : undefined;
    return { uncertainty, timing: time(reused) };
  };
}
