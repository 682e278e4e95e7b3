import { needsOf } from "../../domain/uncertainty/evidence-needs.js";
import type { StepTiming, SyntheticPair } from "../../domain/units/trace.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import { gateEstimator } from "../../domain/methods/gate-estimator.js";
import { shortenText } from "../../domain/text/cut-text.js";
import type { Store } from "../../store/store.js";
import type { Evidence, EvidenceSource } from "../support/collect-evidence.js";
import { collectEvidence } from "../support/collect-evidence.js";
import { withFailures } from "../support/failures.js";
import type { SharedValue } from "../support/shared-steps.js";
import { SharedSteps } from "../support/shared-steps.js";
import type { StepContext } from "../support/step-context.js";
import { loadStepContext } from "../support/step-context.js";
import {
  answerKey,
  channelKey,
  scoreKey,
  synthesisKey,
  tokensKey,
  trainingKey,
} from "../support/step-keys.js";
import type { StoredAnswer, StoredSynthesis } from "../support/step-values.js";
import { judgeEvidence } from "../support/step-values.js";
import type { SynthesizeResult } from "../../contracts/steps/synthesize.js";
import type { AnswerKnown } from "../../contracts/steps/train-adapter.js";
import type {
  RecallableStep,
  RecallStepsInput,
  RecallStepsResult,
  RecallActivities,
} from "../../contracts/steps/recall-steps.js";

/** Characters of the query that every unit's history keeps, so that its page can show it. */
const QUERY_LENGTH = 600;

/** Creates `recallSteps`. */
export function createRecallActivities({ store }: { readonly store: Store }): RecallActivities {
  const steps = new SharedSteps(store);
  return {
    recallSteps: withFailures(async (input) =>
      recallSteps(steps, await loadStepContext(store, input), input),
    ),
  };
}

/**
 * Finds steps of the unit that another unit has already computed. A step found here needs no task on a queue and no
 * round trip through the workflow.
 */
async function recallSteps(
  steps: SharedSteps,
  context: StepContext,
  input: RecallStepsInput,
): Promise<RecallStepsResult> {
  const { unit, variant, tau, wanted } = input;
  const wants = (step: RecallableStep): boolean => wanted.includes(step);
  const find = <Value>(key: string): Promise<SharedValue<Value> | null> =>
    steps.find(key, unit.key);

  const estimator = gateEstimator(variant);
  const score = wants("score") ? await recallEvidence(find, context, variant) : null;
  const base = wants("baseAnswer")
    ? await find<StoredAnswer>(answerKey(context, variant.inference, {}))
    : null;
  const { pairs, ...unusable } = wants("pairs")
    ? await recallPairs(find, context, input)
    : { pairs: [] };
  const complete = pairs.length > 0 && pairs.length === variant.synthesis.examples;
  const adapted =
    // With adaptive K, only the run itself determines which pairs are trained on.
    wants("adaptedAnswer") && complete && !variant.training.adaptive
      ? await recallAdapted(
          find,
          context,
          input,
          pairs.map(({ pair }) => pair),
        )
      : null;
  return {
    query: shortenText(context.sample.messages.at(-1)?.content ?? "", QUERY_LENGTH),
    ...(score && {
      score: {
        uncertainty: judgeEvidence(score, unit, estimator, tau),
        timing: recalled("scoreUncertainty", score.reusedFrom ?? unit.key),
      },
    }),
    ...(base && {
      baseAnswer: {
        answer: base.value.answer,
        timing: recalled("infer", base.reusedFrom ?? unit.key),
      },
    }),
    ...(pairs.length > 0 && { pairs }),
    ...unusable,
    ...(adapted && { adaptedAnswer: adapted }),
  };
}

/** Looks up all that H's estimators need; null if a part is unknown. */
async function recallEvidence(
  find: Find,
  context: StepContext,
  variant: VariantSpec,
): Promise<Evidence | null> {
  const source: EvidenceSource = {
    names: () => find(scoreKey(context)),
    queries: () => find(channelKey(context)),
    answer: (inference) => find(answerKey(context, inference, {})),
    tokens: (text) => find(tokensKey(context, text)),
  };
  const needs = needsOf([gateEstimator(variant), ...(variant.gathers ?? [])]);
  return collectEvidence(source, needs, variant.inference);
}

type Find = <Value>(key: string) => Promise<SharedValue<Value> | null>;

async function recallPairs(
  find: Find,
  context: StepContext,
  { unit, variant }: RecallStepsInput,
): Promise<
  { readonly pairs: SynthesizeResult[] } & Pick<RecallStepsResult, "exhausted" | "exhaustedTiming">
> {
  const pairs: SynthesizeResult[] = [];
  // With several draws per pair, the workflow itself picks the best.
  const { examples, draws } = variant.synthesis;
  for (let k = 0; draws === 1 && k < examples; k += 1) {
    const found = await find<StoredSynthesis>(synthesisKey(context, variant, k));
    if (!found) break;
    const { pair, attempts } = found.value;
    const timing = recalled("synthesize", found.reusedFrom ?? unit.key);
    if (pair === null) return { pairs, exhausted: attempts, exhaustedTiming: timing };
    pairs.push({ pair, attempts, timing });
  }
  return { pairs };
}

async function recallAdapted(
  find: Find,
  context: StepContext,
  { unit, variant }: RecallStepsInput,
  pairs: readonly SyntheticPair[],
): Promise<AnswerKnown | null> {
  const samples = pairs.map(() => context.sample);
  const key = trainingKey(context, { pairs, samples }, variant.training);
  const found = await find<StoredAnswer>(
    answerKey(context, variant.inference, { trainingKey: key }),
  );
  if (!found?.value.training) return null;
  const { answer, training } = found.value;
  const timing = recalled("trainAdapter", found.reusedFrom ?? unit.key);
  return { kind: "answer-known", answer, training, timing };
}

function recalled(step: StepTiming["step"], reusedFrom: string): StepTiming {
  return { step, queueMs: 0, computeMs: 0, worker: "store", attempt: 1, reusedFrom };
}
