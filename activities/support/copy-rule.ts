import type { CopiedValue } from "../../domain/grounding/ground-call.js";
import { groundCall } from "../../domain/grounding/ground-call.js";
import { conversationText } from "../../domain/grounding/query-text.js";
import { renderJson } from "../../domain/json/text.js";
import type { JsonValue } from "../../domain/json/value.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type { GroundingTrace } from "../../domain/units/trace.js";
import type { RequestOptions } from "../../engine-client/http.js";
import type { ChatPrompt } from "../../prompts/types.js";
import type { ChatCall } from "../../sampler/chat.js";
import type { StepContext } from "./step-context.js";
import type { TextSource } from "./text-source.js";

/** Placeholder for the value to decode while the rest of the answer is rendered; never occurs in data. */
const HOLE = "\u0001hole\u0001";

/** Maximum tokens of one value. */
const MAX_VALUE_TOKENS = 64;

/** Maximum calls of one answer; more are a loop, and each call may need several engine requests. */
const MAX_CALLS = 64;

/** Maximum characters of an answer; a longer one, repeated in its trace, would exceed Temporal's payload limit. */
const MAX_LENGTH = 50_000;

/** The model that decodes values, and its prompt. */
export interface CopyDecoder {
  readonly write: TextSource;
  readonly prompt: ChatPrompt;
  /** The live adapter that decodes; if omitted, the base model. */
  readonly adapter?: string;
}

/** An answer after the copy rule. */
export interface CopiedAnswer {
  readonly text: string;
  readonly grounding: GroundingTrace;
}

/**
 * Applies the copy rule: drops optional arguments whose value is not in the conversation, and redecodes ungrounded
 * required values (greedily) as spans of it, one after the other, each span at most once. If the data set does not
 * specify which arguments are required, drops none. Leaves an unparsable or excessively long answer unchanged, with
 * null.
 */
export async function applyCopyRule(
  { sample, style, requirementsKnown }: StepContext,
  answer: string,
  decoder: CopyDecoder,
  options: RequestOptions,
): Promise<CopiedAnswer | null> {
  const parsed = parseAnswer(answer);
  if (!isReadable(parsed) || parsed.calls.length > MAX_CALLS) return null;
  if (answer.length > MAX_LENGTH) return null;
  const text = conversationText(sample);
  const seedCalls = parsed.calls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  const calls: ToolCall[] = [...seedCalls];
  const dropped: string[] = [];
  const copied: string[] = [];
  for (const [index, call] of seedCalls.entries()) {
    const tool = sample.tools.find(({ name }) => name === call.name);
    if (tool === undefined) continue;
    const grounded = groundCall(call, tool, text, { requirementsKnown });
    dropped.push(...grounded.dropped);
    calls[index] = grounded.call;
    const used = new Set<string>();
    for (const { key, choices } of grounded.open) {
      const left = choices.filter((choice) => !used.has(renderJson(choice)));
      if (left.length === 0) continue;
      const withHole = replaceArgument(calls, index, key, HOLE);
      const [opening = ""] = style.format.render(withHole).split(JSON.stringify(HOLE));
      const value = await decodeChoice(decoder, opening, left, options);
      used.add(renderJson(value));
      copied.push(key);
      calls.splice(0, calls.length, ...replaceArgument(calls, index, key, value));
    }
  }
  return {
    text: style.format.render(calls),
    grounding: { seedCalls, calls, dropped, copied },
  };
}

/** Returns the choice that greedy decoding under a grammar of all choices produces. */
async function decodeChoice(
  { write, prompt, adapter }: CopyDecoder,
  opening: string,
  choices: readonly CopiedValue[],
  options: RequestOptions,
): Promise<CopiedValue> {
  // Leave the space to the value: most vocabularies have tokens that start with a space.
  const prefill = opening.trimEnd();
  const blank = opening.slice(prefill.length);
  const call: ChatCall = {
    ...(adapter === undefined ? {} : { adapter }),
    ...prompt,
    messages: [...prompt.messages, { role: "assistant", content: prefill }],
    continue_final_message: true,
    temperature: 0,
    max_tokens: MAX_VALUE_TOKENS,
    seed: 0,
    response_format: {
      type: "structural_tag",
      format: {
        type: "or",
        elements: choices.map((choice) => ({
          type: "const_string",
          value: `${blank}${renderJson(choice)}`,
        })),
      },
    },
  };
  const { texts } = await write(call, options);
  const written = texts[0]?.trim() ?? "";
  const [first] = choices;
  // Only a value longer than the token limit is cut off; then take the first span that starts with it.
  return (
    choices.find((choice) => renderJson(choice) === written) ??
    choices.find((choice) => renderJson(choice).startsWith(written)) ??
    first ??
    ""
  );
}

function replaceArgument(
  calls: readonly ToolCall[],
  index: number,
  key: string,
  value: JsonValue,
): ToolCall[] {
  return calls.map((call, position) =>
    position === index ? { ...call, arguments: { ...call.arguments, [key]: value } } : call,
  );
}
