import { z } from "zod";
import { findUnusable } from "../domain/json/find-unusable.js";
import { isObject, parseJson } from "../domain/json/scan.js";

/** A JSON object with any members. */
const jsonObject = z.record(z.string(), z.json());

/** An object, or its JSON as text, which is common in Hugging Face columns. */
const objectOrText = z.union([z.string(), jsonObject], "expected an object, or its JSON as text");

/** One call: a name, and arguments as an object or as text. */
export const calledShape = z.object({ name: z.string(), arguments: objectOrText.nullish() });

/** `{function: {...}}`, or the inner object alone. */
const toolCall = z.preprocess(
  (value) => (isBare(value) ? { ...value, function: value } : value),
  z.object({
    id: z.union([z.string(), z.number()]).nullish(),
    type: z.literal("function", 'only calls of type "function" can be read').nullish(),
    function: calledShape,
  }),
);

/** A tool: `{function: {...}}`, or the inner object alone. */
export const toolShape = z.preprocess(
  (value) => (isBare(value) ? { function: value } : value),
  z.object({
    function: z.object({
      name: z.string().min(1),
      description: z.string().nullish(),
      parameters: objectOrText.nullish(),
      /** Anthropic's name for it. */
      input_schema: objectOrText.nullish(),
    }),
  }),
);

/** A turn in OpenAI's or Anthropic's form. `readContent` reads its content. */
export const messageShape = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.unknown().optional(),
  tool_calls: z.array(toolCall).nullish(),
  function_call: calledShape.nullish(),
  /** For a result: the call's id and the tool's name. */
  tool_call_id: z.union([z.string(), z.number()]).nullish(),
  name: z.string().nullish(),
  audio: z.unknown().optional(),
});

/** All accepted values of each gold call's arguments, one entry per call. */
export const acceptedShape = z.array(z.record(z.string(), z.array(z.json()).nullable()).nullable());

/** A record. Null members count as absent, because Hugging Face's datasets fill them in. */
export const recordShape = z.object({
  messages: z.preprocess(readText, z.array(messageShape).min(2)),
  tools: z.preprocess(readText, z.array(toolShape).nullish()),
  functions: z.preprocess(readText, z.array(toolShape).nullish()),
  accepted: acceptedShape.nullish(),
  /** Anthropic's system text, which is outside the messages. */
  system: z.unknown().optional(),
});

export type GivenRecord = z.infer<typeof recordShape>;
export type GivenMessage = z.infer<typeof messageShape>;
export type GivenTool = z.infer<typeof toolShape>["function"];
export type GivenCall = z.infer<typeof calledShape>;

/** Members that identify records in other formats, and the names of those formats. */
const OTHER_FORMATS: readonly (readonly [string, string])[] = [
  ["conversations", "ShareGPT's"],
  ["ground_truth", "BFCL's"],
  ["question", "BFCL's (format: bfcl)"],
  ["query", "xLAM's (format: xlam) or Hammer's"],
  ["target", "Inspect's (format: inspect-json)"],
  ["contents", "Gemini's"],
];

/** Guesses the format of a record without `messages`; null if unknown. */
export function nameOtherFormat(value: unknown): string | null {
  if (!isObject(value) || value["messages"] != null) return null;
  return OTHER_FORMATS.find(([member]) => value[member] != null)?.[1] ?? null;
}

/** Parses a list that a text column holds as JSON. */
function readText(value: unknown): unknown {
  const parsed = typeof value === "string" ? parseJson(value) : null;
  return parsed !== null && findUnusable(parsed.value) === null ? parsed.value : value;
}

function isBare(value: unknown): value is Record<string, unknown> {
  return isObject(value) && value["function"] == null && typeof value["name"] === "string";
}
