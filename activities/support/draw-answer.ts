import { expectedEngine } from "./expected-engine.js";
import type { InferInput } from "../../contracts/steps/infer.js";
import type { AnswerGrammar } from "../../domain/formats/grammar.js";
import type { AnswerTrace } from "../../domain/units/trace.js";
import type { ResponseFormat } from "../../engine-client/protocol.js";
import { boundTexts } from "./bound-texts.js";
import type { GpuDependencies } from "./dependencies.js";
import type { PrefilledRequest } from "./forced-name.js";
import { forceName } from "./forced-name.js";
import { withHeartbeat } from "./heartbeat.js";
import type { StepContext } from "./step-context.js";

/** What to draw: the settings, and what they are drawn with besides the sample. */
type AnswerRequest = Pick<InferInput, "plan" | "inference" | "adapter" | "forcedName" | "examples">;

/** I: draws the answers of a sample, as the base model or the adapter writes them. */
export async function drawAnswer(
  { texts }: Pick<GpuDependencies, "texts">,
  context: StepContext,
  asked: AnswerRequest,
): Promise<AnswerTrace> {
  const { inference, adapter, forcedName, plan } = asked;
  const { prefill, request } = buildRequest(context, asked);
  const written = await withHeartbeat("answering", (signal) =>
    texts.of(plan.sampler)(
      {
        ...request,
        ...(adapter ? { adapter: adapter.adapterId } : {}),
        temperature: inference.temperature,
        max_tokens: inference.maxTokens,
        seed: context.seedOf("answer"),
        n: inference.answers,
      },
      { signal, ...expectedEngine(plan) },
    ),
  );
  return {
    from: adapter ? "adapter" : "base",
    texts: boundTexts(written.texts.map((text) => prefill + text)),
    promptTokens: written.usage.promptTokens,
    completionTokens: written.usage.completionTokens,
    ...(forcedName === undefined ? {} : { forcedName }),
    ...(written.engineVersion === undefined ? {} : { engineVersion: written.engineVersion }),
  };
}

/**
 * Builds the prompt and decoding rule. A forced name is a prefilled opening if decoding is free, and part of
 * the schema if it is constrained.
 */
function buildRequest(
  { sample, style, nameClosing }: StepContext,
  { inference, forcedName, examples }: AnswerRequest,
): PrefilledRequest {
  const prompt = style.answerPrompt(sample, examples ? { examples } : {});
  if (inference.decoding === "constrained") {
    const grammar = style.format.grammar(sample.tools, {
      calls: inference.calls,
      ...(forcedName === undefined ? {} : { forcedName }),
    });
    return { prefill: "", request: { ...prompt, response_format: toResponseFormat(grammar) } };
  }
  if (forcedName === undefined) return { prefill: "", request: { ...prompt } };
  return forceName(style.format, prompt, forcedName, nameClosing);
}

function toResponseFormat(grammar: AnswerGrammar): ResponseFormat {
  return { type: "structural_tag", format: grammar };
}
