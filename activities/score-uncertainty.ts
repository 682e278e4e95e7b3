import type { StepTiming, UncertaintyTrace } from "../domain/trace.js";
import type { EstimatorSpec } from "../domain/variant.js";
import type { GpuDependencies } from "./dependencies.js";
import { withHeartbeat } from "./heartbeat.js";
import type { SharedSteps } from "./shared-steps.js";
import { loadStepContext } from "./step-context.js";
import type { StepInput } from "./step-input.js";
import { scoreKey } from "./step-keys.js";
import { startStepTimer } from "./step-timer.js";
import type { StoredScores } from "./step-values.js";
import { judgeScores } from "./step-values.js";

/** Input of `scoreUncertainty`. */
export interface ScoreUncertaintyInput extends StepInput {
  readonly estimator: EstimatorSpec;
  /** Uncertain iff the margin is below it; in the estimator's unit. */
  readonly tau: number;
}

/** Result of `scoreUncertainty`. */
export interface ScoreUncertaintyResult {
  readonly uncertainty: UncertaintyTrace;
  readonly timing: StepTiming;
}

/**
 * H (section 3.1, App. D): scores the name of each candidate tool and estimates how sure the model is. The scores
 * depend on neither estimator, tau nor seed, so all of a sample's units share them.
 */
export function createScoreUncertainty(
  { store, engine, worker }: GpuDependencies,
  steps: SharedSteps,
): (input: ScoreUncertaintyInput) => Promise<ScoreUncertaintyResult> {
  return async (input) => {
    const time = startStepTimer("scoreUncertainty", worker);
    const { unit, plan, estimator } = input;
    const context = await loadStepContext(store, input);
    const { sample, style } = context;
    const step = { key: scoreKey(context), kind: "score", unitKey: unit.key } as const;
    const scores = await steps.getOrCompute(step, () =>
      withHeartbeat("scoring candidates", async (signal): Promise<StoredScores> => {
        const options = { signal, expectedFingerprint: plan.modelFingerprint };
        const names = sample.tools.map(({ name }) => name);
        const response = await engine.score(
          {
            model: await engine.baseModel(options),
            messages: style.answerMessages(sample),
            answerPrefix: style.answerOpening,
            candidates: names,
            suffix: style.nameClosing,
          },
          options,
        );
        return response.scores.map(({ logLikelihood, tokenCount }, index) => ({
          name: names[index] ?? "",
          logLikelihood,
          tokenCount,
        }));
      }),
    );
    const uncertainty = judgeScores(scores.value, unit, estimator, input.tau);
    return { uncertainty, timing: time(scores.reusedFrom) };
  };
}
