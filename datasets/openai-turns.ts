import { canonicalJson } from "../domain/json/canonical.js";
import { isObject } from "../domain/json/scan.js";
import type { JsonObject, JsonValue } from "../domain/json/value.js";
import type { Message } from "../domain/samples/sample.js";
import type { ToolCall } from "../domain/samples/tool-call.js";
import type { Refuse } from "./dataset-errors.js";
import type { Content } from "./message-content.js";
import { readContent } from "./message-content.js";
import { parseObject } from "./parse-object.js";
import type { GivenCall, GivenMessage } from "./openai-shapes.js";
import { calledShape } from "./openai-shapes.js";

/** A call with the id that its result refers to. */
export interface TurnCall extends ToolCall {
  readonly id: string | null;
}

/** One turn of a conversation before its calls are converted to text. */
export interface Turn {
  readonly role: Message["role"];
  readonly text: string;
  readonly calls: readonly TurnCall[];
  /** For a tool's result: the id and tool name of the call that it answers. */
  readonly answers: { readonly id: string | null; readonly name: string | null } | null;
  /** Its path in the record. */
  readonly field: string;
}

/**
 * Reads the turns of one message: usually one; for a message with tool results as parts (Anthropic),
 * one per result and then the text. Reads calls from `tool_calls`, `function_call` (OpenAI's older
 * form) and parts.
 */
export function readTurns(given: GivenMessage, field: string, refuse: Refuse): Turn[] {
  if (given.audio != null) throw refuse(`field "${field}.audio": audio content is not supported`);
  const content = readContent(given.content, `${field}.content`, refuse);
  const calls = readTurnCalls(given, content, field, refuse);
  const role = toRole(given.role);
  if (calls.length > 0 && role !== "assistant") {
    throw refuse(`field "${field}": only an assistant can make calls`);
  }
  if (role === "tool") {
    const answers = { id: toId(given.tool_call_id), name: given.name ?? null };
    return [{ role, text: content.text, calls, answers, field }];
  }
  const results = content.results.map(({ id, text }): Turn => {
    const answers = { id: toId(id), name: null };
    return { role: "tool", text, calls: [], answers, field };
  });
  if (results.length > 0 && content.text === "") return results;
  return [...results, { role, text: content.text, calls, answers: null, field }];
}

function readTurnCalls(
  given: GivenMessage,
  content: Content,
  field: string,
  refuse: Refuse,
): TurnCall[] {
  const listed = (given.tool_calls ?? []).map((call) => ({
    id: toId(call.id),
    ...readCall(call.function, refuse),
  }));
  const used = content.uses.map(({ id, name, input }) => {
    const call = calledShape.safeParse({ name, arguments: input });
    if (!call.success) {
      throw refuse(
        `field "${field}.content": a tool_use part needs a "name" and an "input" object`,
      );
    }
    return { id: toId(id), ...readCall(call.data, refuse) };
  });
  const calls = [...listed, ...used];
  if (given.function_call == null) return calls;
  const legacy = readCall(given.function_call, refuse);
  // A call written in both forms is one call.
  const isRepeated = calls.some(
    (call) =>
      call.name === legacy.name &&
      canonicalJson(call.arguments) === canonicalJson(legacy.arguments),
  );
  return isRepeated ? calls : [...calls, { id: null, ...legacy }];
}

/** Absent, null or empty-text arguments mean no arguments. */
function readCall({ name, arguments: given }: GivenCall, refuse: Refuse): ToolCall {
  if (given == null) return { name, arguments: {} };
  if (typeof given !== "string") return { name, arguments: dropNulls(given) };
  return { name, arguments: parseObject(given, `the arguments of "${name}"`, refuse) };
}

/**
 * Removes null members at every depth: a table of records (Hugging Face's datasets) gives each record
 * the members of all, with null for missing ones.
 */
function dropNulls(object: JsonObject): JsonObject {
  const drop = (value: JsonValue): JsonValue =>
    Array.isArray(value)
      ? (value as readonly JsonValue[]).map(drop)
      : isObject(value)
        ? dropNulls(value)
        : value;
  const members = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(members.map(([key, value]) => [key, drop(value)]));
}

function toRole(role: GivenMessage["role"]): Message["role"] {
  if (role === "developer") return "system";
  return role === "function" ? "tool" : role;
}

function toId(id: unknown): string | null {
  if (typeof id === "number") return String(id);
  return typeof id === "string" && id !== "" ? id : null;
}
