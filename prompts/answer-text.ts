import type { JsonObject } from "../domain/json/value.js";
import type { ToolCall } from "../domain/samples/tool-call.js";
import type { SyntheticPair } from "../domain/units/trace.js";
import { renderJson } from "../domain/json/text.js";

/** Renders the canonical synthesis reply. */
export function renderSynthesis(pair: SyntheticPair): string {
  return renderJson({
    instruction: pair.instruction,
    input: pair.input,
    output: pair.output.map(callToJson),
  });
}

/** A pair's query where the request is the instruction, and the input is further text for it. */
export function joinQuery(pair: SyntheticPair): string {
  return pair.input === "" ? pair.instruction : `${pair.instruction}\n${pair.input}`;
}

function callToJson(call: ToolCall): JsonObject {
  return { name: call.name, arguments: call.arguments };
}

/** The period that ends a sentence after `text`, if it needs one. */
export function periodAfter(text: string): string {
  return text.endsWith(".") ? "" : ".";
}
