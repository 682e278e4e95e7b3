import type { AnswerTrace, TrainingTrace } from "../../domain/units/trace.js";
import type { InferenceSpec } from "../../domain/config/variant.js";
import type { Adaptations } from "../support/adaptations.js";
import { applyCopyRule } from "../support/copy-rule.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { drawAnswer } from "../support/draw-answer.js";
import { expectedEngine } from "../support/expected-engine.js";
import { withHeartbeat } from "../support/heartbeat.js";
import type { SharedSteps, SharedValue } from "../support/shared-steps.js";
import type { StepContext } from "../support/step-context.js";
import { loadStepContext } from "../support/step-context.js";
import { answerKey } from "../support/step-keys.js";
import { startStepTimer } from "../support/step-timer.js";
import type { StoredAnswer } from "../support/step-values.js";
import { isAdapterGone } from "../support/text-source.js";
import { handOver } from "./train-adapter.js";
import type { InferInput, InferResult } from "../../contracts/steps/infer.js";

/**
 * I (Table 1): draws the answers with the base model or a live adapter, and applies the copy rule if requested. All
 * units that would compute the same answers share them. Throws `ENGINE_ADAPTER_LOST` if the adapter is gone; the
 * base model never answers in its place.
 */
export function createInfer(
  dependencies: GpuDependencies,
  steps: SharedSteps,
  adaptations: Adaptations,
): (input: InferInput) => Promise<InferResult> {
  const { store, worker } = dependencies;
  return async (input) => {
    const time = startStepTimer("infer", worker);
    const context = await loadStepContext(store, input);
    const share = (
      inference: InferenceSpec,
      compute: () => Promise<AnswerTrace>,
    ): Promise<SharedValue<StoredAnswer>> => {
      const key = answerKey(context, inference, {
        ...(input.adapter ? { trainingKey: input.adapter.trainingKey } : {}),
        ...(input.forcedName === undefined ? {} : { forcedName: input.forcedName }),
        ...(input.examples ? { examples: input.examples } : {}),
      });
      return steps.getOrCompute({ key, kind: "answer", unitKey: input.unit.key }, async () => ({
        answer: await compute(),
        training: trainingOf(input.adapter),
      }));
    };
    const draw = (): Promise<AnswerTrace> =>
      withAdapter(dependencies, input, () => drawAnswer(dependencies, context, input));
    const { inference, adapter } = input;
    if (adapter) adaptations.answering(adapter.adapterId);
    try {
      const stored = await share(inference, async () => {
        if (!inference.copy) return draw();
        const drawn = await share({ ...inference, copy: false }, draw);
        return withAdapter(dependencies, input, () =>
          copy(dependencies, context, input, drawn.value.answer),
        );
      });
      return { answer: stored.value.answer, timing: time(stored.reusedFrom) };
    } finally {
      if (adapter) adaptations.end(adapter.adapterId);
    }
  };
}

function trainingOf(adapter: InferInput["adapter"]): TrainingTrace | null {
  return adapter && "training" in adapter ? adapter.training : null;
}

/** Sends the request. If the adapter is a sweep's and not live here, loads it and retries. */
async function withAdapter<Answer>(
  dependencies: GpuDependencies,
  { adapter, plan }: InferInput,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!adapter || !("directory" in adapter) || !isAdapterGone(error)) throw error;
    const { adapterId, directory } = adapter;
    await withHeartbeat("loading the adapter", (signal) =>
      dependencies.engine.loadAdapter(adapterId, directory, {
        signal,
        ...expectedEngine(plan),
      }),
    );
    await handOver(dependencies, plan, adapterId);
    return ask();
  }
}

/** Applies the copy rule to the answers; leaves unparsable answers unchanged. */
async function copy(
  { texts }: GpuDependencies,
  context: StepContext,
  { adapter, plan, examples }: InferInput,
  drawn: AnswerTrace,
): Promise<AnswerTrace> {
  const prompt = context.style.answerPrompt(context.sample, examples ? { examples } : {});
  const copied = await withHeartbeat("copying values from the query", async (signal) => {
    const options = { signal, ...expectedEngine(plan) };
    const decoder = {
      write: texts.of(plan.sampler),
      prompt,
      ...(adapter ? { adapter: adapter.adapterId } : {}),
    };
    return Promise.all(drawn.texts.map((text) => applyCopyRule(context, text, decoder, options)));
  });
  const [first] = copied;
  return {
    ...drawn,
    texts: drawn.texts.map((text, index) => copied[index]?.text ?? text),
    ...(first ? { grounding: first.grounding } : {}),
  };
}
