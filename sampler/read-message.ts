import { writeCallBlock } from "../domain/formats/call-blocks.js";
import { isRecord } from "./http.js";

/** A message's text, or the reason why it cannot be read, as a clause for an error message. */
export type MessageText = { readonly text: string } | { readonly unreadable: string };

/** Kinds of parts that hold a model's reasoning. */
const THINKING: ReadonlySet<string> = new Set(["thinking", "redacted_thinking", "reasoning"]);

/**
 * Reads the text of an assistant's message. `content` is a string, null or absent (empty text), or a list of parts:
 * text parts are joined and reasoning parts dropped. A refusal counts as text. Calls that a server has extracted from
 * the text (`tool_calls`, the older `function_call`) are appended in the answer format, so that the answer parser
 * finds them.
 */
export function readMessage(message: Readonly<Record<string, unknown>>): MessageText {
  const said = readContent(message["content"]);
  if ("unreadable" in said) return said;
  const called = readCalls(message);
  if ("unreadable" in called) return called;
  const { refusal } = message;
  if (said.text === "" && called.text === "" && typeof refusal === "string") {
    return { text: refusal };
  }
  return { text: said.text + called.text };
}

function readContent(content: unknown): MessageText {
  if (content === undefined || content === null) return { text: "" };
  if (typeof content === "string") return { text: content };
  if (!Array.isArray(content)) return { unreadable: "content is neither text nor a list of parts" };
  let text = "";
  for (const part of content as readonly unknown[]) {
    const read = readPart(part);
    if ("unreadable" in read) return read;
    text += read.text;
  }
  return { text };
}

function readPart(part: unknown): MessageText {
  if (typeof part === "string") return { text: part };
  const kind = isRecord(part) ? part["type"] : undefined;
  if (!isRecord(part) || typeof kind !== "string") {
    return { unreadable: "a content part has no type" };
  }
  if (THINKING.has(kind)) return { text: "" };
  const text = part[kind === "refusal" ? "refusal" : "text"];
  if (["text", "output_text", "refusal"].includes(kind) && typeof text === "string") {
    return { text };
  }
  return { unreadable: `content has a part of type ${JSON.stringify(kind)} without text` };
}

/** Writes the message's calls as one block of the answer format; empty if there are none. */
function readCalls({
  tool_calls: several,
  function_call: one,
}: Readonly<Record<string, unknown>>): MessageText {
  if (several !== undefined && several !== null && !Array.isArray(several)) {
    return { unreadable: "tool_calls is not a list" };
  }
  const listed = ((several ?? []) as readonly unknown[]).map((call) =>
    isRecord(call) ? call["function"] : undefined,
  );
  const functions = listed.length === 0 && one !== undefined && one !== null ? [one] : listed;
  if (functions.length === 0) return { text: "" };
  const calls: string[] = [];
  for (const called of functions) {
    const call = renderCall(called);
    if (call === null) return { unreadable: "a tool call has no function with a name" };
    calls.push(call);
  }
  return { text: writeCallBlock(`[${calls.join(", ")}]`) };
}

/**
 * Renders one call as JSON, or null if it has no name. Arguments that are an object, or the text of one, are copied as
 * written, so that no number loses a digit; any other text stays a string for the parser to judge.
 */
function renderCall(called: unknown): string | null {
  if (!isRecord(called) || typeof called["name"] !== "string") return null;
  const given = called["arguments"];
  const isObjectText = typeof given === "string" && isObjectJson(given);
  const rendered = isObjectText ? given.trim() : JSON.stringify(given ?? {});
  return `{"name": ${JSON.stringify(called["name"])}, "arguments": ${rendered}}`;
}

function isObjectJson(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}
