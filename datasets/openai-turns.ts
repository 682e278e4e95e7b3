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

/** A call with the id by which its result names it. */
export interface TurnCall extends ToolCall {
  readonly id: string | null;
}

/** One turn of a conversation before its calls become text. */
export interface Turn {
  readonly role: Message["role"];
  readonly text: string;
  readonly calls: readonly TurnCall[];
  /** Of a tool's result: which call it says it answers, by id and by the tool's name. */
  readonly answers: { readonly id: string | null; readonly name: string | null } | null;
  /** Where it stands in the record. */
  readonly field: string;
}

/**
 * The turns of one message: one, or, of a message that carries tools' results as parts
 * (Anthropic), each result and then the text. Calls are read from `tool_calls`, from `function_call`
 * (OpenAI's older form) and from parts.
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
  // Written both ways, it is one call.
  const isRepeated = calls.some(
    (call) =>
      call.name === legacy.name &&
      canonicalJson(call.arguments) === canonicalJson(legacy.arguments),
  );
  return isRepeated ? calls : [...calls, { id: null, ...legacy }];
}

/** Arguments that are absent, null or empty text are none. */
function readCall({ name, arguments: given }: GivenCall, refuse: Refuse): ToolCall {
  if (given == null) return { name, arguments: {} };
  if (typeof given !== "string") return { name, arguments: dropNulls(given) };
  return { name, arguments: parseObject(given, `the arguments of "${name}"`, refuse) };
}

/**
 * An object without members that are null, at every depth: a table of records (Hugging Face's
 * datasets) gives each the members of all, null where a record has none.
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
