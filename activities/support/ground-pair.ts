import { isNumber, numberText } from "../../domain/json/exact-number.js";
import { conversationText } from "../../domain/grounding/query-text.js";
import { substituteValues } from "../../domain/grounding/substitute-values.js";
import { createRandom } from "../../domain/identity/random.js";
import { findSynthesisFlaw } from "../../domain/formats/synthesis-reply.js";
import type { SynthesisFlaw } from "../../domain/formats/synthesis-reply.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { SyntheticPair } from "../../domain/units/trace.js";
import { rewriteMessages } from "../../prompts/rewrite.js";
import type { StepContext } from "./step-context.js";
import type { SynthesizeInput } from "../../contracts/steps/synthesize.js";
/** Why a grounded draw is not a pair. */
export type GroundedFlaw = SynthesisFlaw | "no-seed-call" | "not-verified";

/** A draw of a grounded pair: its result and the text to show for it. */
export interface GroundedDraw {
  readonly text: string;
  readonly result: { readonly pair: SyntheticPair } | { readonly reason: GroundedFlaw };
}

/** Asks the model for a text; also returns whether the text was cut off at the token limit. */
export type Ask = (
  messages: ReturnType<typeof rewriteMessages>,
) => Promise<{ readonly text: string; readonly isCut: boolean }>;

/**
 * Draws one grounded pair from the model's answer to the seed (`input.seedCalls`): unchanged ("identity"), with its
 * values replaced in query and call ("substitute"), or with a query that the model writes around them ("rewrite").
 */
export async function drawGroundedPair(
  { sample, style }: Pick<StepContext, "sample" | "style">,
  { synthesis, seedCalls: own = [], revealedCalls, siblings }: SynthesizeInput,
  seed: number,
  ask: Ask,
): Promise<GroundedDraw> {
  const query = conversationText(sample);
  const seedCalls = revealedCalls ?? own;
  if (seedCalls.length === 0) return { text: "", result: { reason: "no-seed-call" } };
  const { grounding, checks } = synthesis;
  if (grounding === "identity") return { text: query, result: { pair: toPair(query, seedCalls) } };
  const random = createRandom(`substitute/${seed}`);
  const varied = substituteValues({ query, calls: seedCalls }, sample.tools, random);
  const written =
    grounding === "rewrite"
      ? await ask(
          rewriteMessages({
            seedQuery: query,
            calls: varied.calls,
            tools: sample.tools,
            values: stringsOf(varied.calls),
          }),
        )
      : { text: varied.query, isCut: false };
  const text = written.text.trim().replace(/^"(.*)"$/su, "$1");
  if (written.isCut) return { text, result: { reason: "cut-off" } };
  if (text === "") return { text, result: { reason: "missing-field" } };
  const pair = toPair(text, varied.calls);
  const reason = findSynthesisFlaw(pair, { sample, siblings, checks, queryOf: style.queryOf });
  return { text, result: reason === null ? { pair } : { reason } };
}

function toPair(query: string, calls: readonly ToolCall[]): SyntheticPair {
  return { instruction: query, input: "", output: calls };
}

function stringsOf(calls: readonly ToolCall[]): string[] {
  return calls.flatMap((call) =>
    Object.values(call.arguments).flatMap((value) =>
      isNumber(value) ? [numberText(value)] : typeof value === "string" ? [value] : [],
    ),
  );
}
