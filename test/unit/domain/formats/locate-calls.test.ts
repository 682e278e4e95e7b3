import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANSWER_FORMATS } from "../../../../domain/formats/answer-formats.js";
import { decodeEscapes } from "../../../../domain/formats/decode-escapes.js";
import { locateCalls } from "../../../../domain/formats/locate-calls.js";
import { outlineCalls, type Span } from "../../../../domain/formats/outline-calls.js";
import { isReadable, parseAnswer } from "../../../../domain/formats/parse-answer.js";
import type { JsonValue } from "../../../../domain/json/value.js";
import { anyCall } from "./arbitrary-calls.js";

/** Texts of the places, or null if the calls were not found. */
function locate(
  text: string,
): { readonly whole: string; readonly names: string[]; readonly values: string[] } | null {
  const parsed = parseAnswer(text);
  if (!isReadable(parsed)) throw new Error(`not readable: ${text}`);
  const places = locateCalls(text, parsed.calls);
  const cut = ({ start, end }: Span): string => text.slice(start, end);
  return (
    places && {
      whole: cut(places.whole),
      names: places.names.map(cut),
      values: places.values.map(cut),
    }
  );
}

/** Leaves in the order of writing. */
function leavesOf(value: JsonValue): JsonValue[] {
  if (typeof value !== "object" || value === null) return [value];
  const members = Object.values<JsonValue>(value);
  return members.length === 0 ? [value] : members.flatMap(leavesOf);
}

/** A leaf however JSON or Python writes it. */
function spell(leaf: JsonValue): string {
  if (leaf === "") return '""';
  const text = typeof leaf === "object" && leaf !== null ? JSON.stringify(leaf) : String(leaf);
  if (/^(true|false|none|null)$/i.test(text)) return text.toLowerCase().replace("none", "null");
  return Number.isFinite(Number(text)) && text.trim() !== "" ? String(Number(text)) : text;
}

describe.each(ANSWER_FORMATS)("$name", (format) => {
  it("shows the names and the argument values of every call, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(anyCall, { minLength: 1, maxLength: 4 }), (calls) => {
        const text = format.render(calls);
        const places = locateCalls(text, calls);
        const read = (span: Span): string => decodeEscapes(text, span).text;
        expect(places?.names.map(read)).toEqual(calls.map(({ name }) => name));
        expect(places?.values.map(read).map(spell)).toEqual(
          calls.flatMap((call) => Object.values(call.arguments).flatMap(leavesOf)).map(spell),
        );
      }),
      { numRuns: 300 },
    );
  });
});

it.each([
  [
    "words and a draft around it",
    'I would call {"a": 1}, don\'t I? <think>[{"name": "f", "arguments": {"a": 1}}]</think>So: [{"name": "f", "arguments": {"a": 2}}] is it.',
    '[{"name": "f", "arguments": {"a": 2}}]',
    ["f"],
    ["2"],
  ],
  [
    "tags after a draft in tags",
    '<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call> No. <tool_call>\n{"name": "f", "arguments": {"a": 2}}\n</tool_call>\n<tool_call>\n{"name": "g"}\n</tool_call>',
    '{"name": "f", "arguments": {"a": 2}}\n</tool_call>\n<tool_call>\n{"name": "g"}',
    ["f", "g"],
    ["2"],
  ],
  [
    "keys that equal values",
    '[{"name": "name", "arguments": {"name": "name", "arguments": {"name": "f"}}}]',
    '[{"name": "name", "arguments": {"name": "name", "arguments": {"name": "f"}}}]',
    ["name"],
    ["name", "f"],
  ],
  [
    "arguments before the name, inside a function",
    '{"type": "function", "id": "7", "function": {"arguments": {"a": "x"}, "name": "f"}}',
    '{"type": "function", "id": "7", "function": {"arguments": {"a": "x"}, "name": "f"}}',
    ["f"],
    ["x"],
  ],
  [
    "arguments as a text of JSON",
    String.raw`[{"name": "f", "arguments": "{\"a\": \"x \\\"y\\\"\", \"b\": [1, \"\u00e9\"]}"}]`,
    String.raw`[{"name": "f", "arguments": "{\"a\": \"x \\\"y\\\"\", \"b\": [1, \"\u00e9\"]}"}]`,
    ["f"],
    [String.raw`x \\\"y\\\"`, "1", String.raw`\u00e9`],
  ],
  [
    "quotes and words of Python",
    "[{'name': 'f', 'arguments': {'a': 'x', 'b': None, 'c': []}}]",
    "[{'name': 'f', 'arguments': {'a': 'x', 'b': None, 'c': []}}]",
    ["f"],
    ["x", "None", "[]"],
  ],
  [
    "an end that is missing",
    '[{"name": "f", "arguments": {"a": "x", "b": "y z',
    '[{"name": "f", "arguments": {"a": "x", "b": "y z',
    ["f"],
    ["x", "y z"],
  ],
])("reads %s", (_, text, whole, names, values) => {
  expect(locate(text)).toEqual({ whole, names, values });
});

it("finds nothing without calls, or if the text shows others", () => {
  expect(locate("[]")).toBeNull();
  expect(locateCalls('[{"name": "f"}]', [{ name: "g", arguments: {} }])).toBeNull();
  expect(locateCalls('[{"name": "f"}]', Array(2).fill({ name: "f", arguments: {} }))).toBeNull();
});

it("takes any text", () => {
  const piece = fc.constantFrom(
    "[",
    "{",
    "(",
    "]",
    "}",
    ")",
    '"',
    "'",
    "\\",
    "name",
    ":",
    "=",
    " ",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      const text = pieces.join("");
      for (const { values, around, nameSpan } of outlineCalls(text)) {
        for (const { start, end } of [...values, around, nameSpan]) {
          expect(0 <= start && start <= end && end <= text.length).toBe(true);
        }
      }
    }),
  );
});
