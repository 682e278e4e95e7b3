import { z } from "zod";
import { isObject } from "../domain/json/scan.js";
import { listOrText } from "./json-text.js";
import { calledShape, messageShape, toolShape } from "./openai-shapes.js";

/** A call in OpenAI's, Inspect's (`function` is the name) or the plain form, `{name, arguments, accepted?}`. */
const targetCall = z.preprocess(
  nameCall,
  calledShape.extend({ accepted: z.record(z.string(), z.array(z.json()).nullable()).nullish() }),
);

const target = listOrText(
  z.array(targetCall),
  'is not a JSON list of calls; "[]" means that no call is right',
);

const toolList = listOrText(z.array(toolShape));

/** A record; null members count as absent. */
export const inspectShape = z.object({
  input: z.union([z.string(), z.array(z.preprocess(toOpenaiMessage, messageShape)).min(1)]),
  target: z.preprocess(unwrapTarget, target),
  tools: toolList.nullish(),
  metadata: z.object({ tools: toolList.nullish() }).nullish(),
});

/** Inspect allows a list of texts; one text is read like the text alone, a single call like a list of one. */
function unwrapTarget(value: unknown): unknown {
  if (isObject(value)) return [value];
  const isSingle = Array.isArray(value) && value.length === 1 && typeof value[0] === "string";
  return isSingle ? (value as readonly unknown[])[0] : value;
}

/** `{function: NAME}`, and OpenAI's `{function: {name, arguments}}`, as a call with a name. */
function nameCall(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { function: called } = value;
  if (isObject(called)) return { ...value, ...called };
  return typeof called === "string" && value["name"] == null ? { ...value, name: called } : value;
}

/** Inspect names a called tool in `function`, both in a call and in its result; its reasoning is no text. */
function toOpenaiMessage(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { tool_calls: calls, function: called, content } = value;
  return {
    ...value,
    ...(Array.isArray(content) ? { content: content.filter(isNoReasoning) } : {}),
    ...(typeof called === "string" && value["role"] === "tool" ? { name: called } : {}),
    ...(Array.isArray(calls) ? { tool_calls: calls.map(toOpenaiCall) } : {}),
  };
}

function toOpenaiCall(value: unknown): unknown {
  if (!isObject(value) || typeof value["function"] !== "string") return value;
  return { id: value["id"], function: { name: value["function"], arguments: value["arguments"] } };
}

function isNoReasoning(part: unknown): boolean {
  return !isObject(part) || part["type"] !== "reasoning";
}
