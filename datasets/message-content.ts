import { isObject } from "../domain/json/scan.js";
import type { Refuse } from "./dataset-errors.js";

/** An Anthropic content part that calls a tool. */
export interface ToolUse {
  readonly id: unknown;
  readonly name: unknown;
  readonly input: unknown;
}

/** An Anthropic content part with a tool's result. */
export interface ToolResultPart {
  readonly id: unknown;
  readonly text: string;
}

/** A message's parsed content. */
export interface Content {
  /** Its texts, joined. */
  readonly text: string;
  readonly uses: readonly ToolUse[];
  readonly results: readonly ToolResultPart[];
}

/** Member with the text of each kind of part; null: the part is not part of the text and is dropped. */
const TEXT_MEMBERS: Readonly<Record<string, string | null>> = {
  text: "text",
  input_text: "text",
  output_text: "text",
  refusal: "refusal",
  thinking: null,
  redacted_thinking: null,
};

/** Kinds of parts that a text model cannot read. */
const OTHER_MEDIA = /image|audio|video|file|document/;

/**
 * Reads a message's content: text, null for none, or a list of parts, whose texts are joined. Throws
 * the error from `refuse` for parts that are not text (images, audio, files), with the kind and the
 * part's field.
 */
export function readContent(content: unknown, field: string, refuse: Refuse): Content {
  if (content == null) return { text: "", uses: [], results: [] };
  if (typeof content === "string") return { text: content, uses: [], results: [] };
  if (!Array.isArray(content)) {
    throw refuse(`field "${field}": expected text, a list of parts or null`);
  }
  const parts = (content as readonly unknown[]).map((part, index) =>
    readPart(part, `${field}.${index}`, refuse),
  );
  return {
    text: parts.map(({ text }) => text).join(""),
    uses: parts.flatMap(({ uses }) => uses),
    results: parts.flatMap(({ results }) => results),
  };
}

function readPart(part: unknown, field: string, refuse: Refuse): Content {
  if (typeof part === "string") return { text: part, uses: [], results: [] };
  const type = isObject(part) ? (part["type"] ?? "text") : undefined;
  if (!isObject(part) || typeof type !== "string") {
    throw refuse(`field "${field}": expected a part such as {"type": "text", "text": "..."}`);
  }
  if (type === "tool_use") {
    const { id, name, input } = part;
    return { text: "", uses: [{ id, name, input }], results: [] };
  }
  if (type === "tool_result") {
    const { text } = readContent(part["content"], `${field}.content`, refuse);
    return { text: "", uses: [], results: [{ id: part["tool_use_id"], text }] };
  }
  const member = Object.hasOwn(TEXT_MEMBERS, type) ? TEXT_MEMBERS[type] : undefined;
  if (member === undefined) {
    const kind = OTHER_MEDIA.exec(type)?.[0];
    const what = kind === undefined ? `content of type "${type}"` : `${kind} content`;
    throw refuse(`field "${field}": ${what} is not supported`);
  }
  const text = member === null ? "" : (part[member] ?? "");
  if (typeof text !== "string") throw refuse(`field "${field}.${String(member)}": expected text`);
  return { text, uses: [], results: [] };
}
