import { needsOf } from "../../domain/uncertainty/evidence-needs.js";
import { scoreAnswerTokens } from "../support/answer-tokens.js";
import { scoreNames, scoreQueries } from "../support/candidate-scores.js";
import type { EvidenceSource } from "../support/collect-evidence.js";
import { collectEvidence } from "../support/collect-evidence.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { drawAnswer } from "../support/draw-answer.js";
import { expectedEngine } from "../support/expected-engine.js";
import { withHeartbeat } from "../support/heartbeat.js";
import type { SharedSteps } from "../support/shared-steps.js";
import type { StepContext } from "../support/step-context.js";
import { loadStepContext } from "../support/step-context.js";
import { answerKey, channelKey, scoreKey, tokensKey } from "../support/step-keys.js";
import { startStepTimer } from "../support/step-timer.js";
import { judgeEvidence } from "../support/step-values.js";
import type {
  ScoreUncertaintyInput,
  ScoreUncertaintyResult,
} from "../../contracts/steps/score-uncertainty.js";

/**
 * H (section 3.1, App. D): scores the name of each candidate tool and estimates the model's confidence. The scores
 * do not depend on estimator, tau or seed, so all units of a sample share them. Estimators that read the base model's
 * own answers share them with the units that answer so.
 */
export function createScoreUncertainty(
  dependencies: GpuDependencies,
  steps: SharedSteps,
): (input: ScoreUncertaintyInput) => Promise<ScoreUncertaintyResult> {
  return async (input) => {
    const time = startStepTimer("scoreUncertainty", dependencies.worker);
    const { unit, estimator, gathers = [], inference } = input;
    const context = await loadStepContext(dependencies.store, input);
    const source = computeOrReuse(dependencies, steps, context, input);
    const evidence = await collectEvidence(source, needsOf([estimator, ...gathers]), inference);
    if (evidence === null) throw new Error("a step that is computed if need be is never unknown");
    const uncertainty = judgeEvidence(evidence, unit, estimator, input.tau);
    return { uncertainty, timing: time(evidence.reusedFrom) };
  };
}

function computeOrReuse(
  dependencies: GpuDependencies,
  steps: SharedSteps,
  context: StepContext,
  { unit, plan }: ScoreUncertaintyInput,
): EvidenceSource {
  const { engine } = dependencies;
  const { sample, style } = context;
  const { key: unitKey } = unit;
  const expected = expectedEngine(plan);
  return {
    names: () =>
      steps.getOrCompute({ key: scoreKey(context), kind: "score", unitKey }, () =>
        withHeartbeat("scoring candidates", (signal) =>
          scoreNames(engine, context, sample, { signal, ...expected }),
        ),
      ),
    queries: () =>
      steps.getOrCompute({ key: channelKey(context), kind: "score", unitKey }, () =>
        withHeartbeat("scoring the query under each candidate", (signal) =>
          scoreQueries(engine, sample, { signal, ...expected }),
        ),
      ),
    answer: (inference) =>
      steps.getOrCompute(
        { key: answerKey(context, inference, {}), kind: "answer", unitKey },
        async () => ({
          answer: await drawAnswer(dependencies, context, { plan, inference }),
          training: null,
        }),
      ),
    tokens: (text) =>
      steps.getOrCompute({ key: tokensKey(context, text), kind: "score", unitKey }, () =>
        withHeartbeat("scoring the answer's tokens", (signal) =>
          scoreAnswerTokens(engine, style, sample, text, { signal, ...expected }),
        ),
      ),
  };
}
