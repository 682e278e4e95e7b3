import type { JsonObject } from "../domain/json/value.js";
import type { ToolCall } from "../domain/samples/tool-call.js";
import type { SyntheticPair } from "../domain/units/trace.js";
import { renderJson } from "../domain/json/text.js";

/** What every style has an answer in: a list of calls inside one tag. */
export const TAG_OPEN = "<tool_call>";
export const TAG_CLOSE = "</tool_call>";

/** Opening of an answer with calls, up to the first name. */
export const ANSWER_OPENING = `${TAG_OPEN}[{"name": "`;

/** The canonical answer for a list of calls. */
export function renderAnswer(calls: readonly ToolCall[]): string {
  return `${TAG_OPEN}${renderJson(calls.map(callToJson))}${TAG_CLOSE}`;
}

/** The canonical synthesis reply. */
export function renderSynthesis(pair: SyntheticPair): string {
  return renderJson({
    instruction: pair.instruction,
    input: pair.input,
    output: pair.output.map(callToJson),
  });
}

/** A synthetic pair's query as a user would send it. */
export function renderQuery(pair: SyntheticPair): string {
  return pair.input === "" ? pair.instruction : `${pair.instruction}\n${pair.input}`;
}

function callToJson(call: ToolCall): JsonObject {
  return { name: call.name, arguments: call.arguments };
}
