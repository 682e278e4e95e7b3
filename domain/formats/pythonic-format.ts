import { listOf, objectOf } from "../json/fields.js";
import type { JsonObject } from "../json/value.js";
import { parsePythonCall, renderPythonLiteral } from "../json/python-literal.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { AnswerFormat } from "./answer-format.js";
import { callSchemas } from "./answer-schema.js";
import type { ParsedAnswer } from "./parse-answer.js";
import { parseAnswer } from "./parse-answer.js";
import { pythonicGrammar } from "./pythonic-grammar.js";

/**
 * `[f(a="x", b=1), g()]`: a Python list of calls with keyword arguments. An argument whose name is not a Python name
 * cannot be written in it, and is left out.
 */
export const pythonicFormat: AnswerFormat = {
  name: "pythonic",
  title: "a Python list of calls: Llama 3.2 and 4, NexusRaven, Gorilla",
  opening: "[",
  nameClosing: "(",
  guide: {
    what: "One Python list of calls with keyword arguments",
    several: "Several calls stand in the same list",
  },
  render: (calls) => `[${calls.map(renderCall).join(", ")}]`,
  grammar(tools, options = {}) {
    const { first, other } = callSchemas(tools, options);
    const { calls = "any", forcedName } = options;
    return {
      type: "grammar",
      grammar: pythonicGrammar({
        first: alternativesOf(first),
        other: calls === "one" ? null : alternativesOf(other),
        mayBeEmpty: calls === "any" && forcedName === undefined,
      }),
    };
  },
  parse(text) {
    return parseCalls(text) ?? parseAnswer(text);
  },
};

function alternativesOf(schema: JsonObject): JsonObject[] {
  const alternatives = listOf(schema["anyOf"]);
  return alternatives.length > 0 ? alternatives.map((each) => objectOf(each)) : [schema];
}

/** A name of Python's, which keyword arguments have to be. */
const PYTHON_NAME = /^[A-Za-z_]\w*$/;

function renderCall({ name, arguments: given }: ToolCall): string {
  const written = Object.entries(given)
    .filter(([key]) => PYTHON_NAME.test(key))
    .map(([key, value]) => `${key}=${renderPythonLiteral(value)}`);
  return `${name}(${written.join(", ")})`;
}

/** The calls of a text that is such a list and nothing else, also in a fence; null if it is none. */
function parseCalls(text: string): ParsedAnswer | null {
  const body = text
    .replace(/^\s*<think>[^]*?<\/think>/, "")
    .replace(/^\s*```\w*\n([^]*?)\n?```\s*$/, "$1")
    .trim();
  if (!body.startsWith("[") || !body.endsWith("]")) return null;
  const calls: ToolCall[] = [];
  const inside = body.slice(1, -1);
  for (let at = skipSpace(inside, 0); at < inside.length;) {
    const end = endOfCall(inside, at);
    const open = inside.indexOf("(", at);
    if (end === null || open === -1) return null;
    const name = inside.slice(at, open).trim();
    if (name === "" || /[\s"'[\]{},=]/.test(name)) return null;
    const call = parsePythonCall(`f${inside.slice(open, end)}`);
    if (call === null) return null;
    calls.push({ name, arguments: call.arguments });
    at = skipSpace(inside, end);
    if (at === inside.length) break;
    if (inside[at] !== ",") return null;
    at = skipSpace(inside, at + 1);
  }
  return { calls, repaired: false };
}

/** Position after the parenthesis that closes the call which begins at `start`. */
function endOfCall(text: string, start: number): number | null {
  let depth = 0;
  let quote = "";
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (quote !== "") {
      if (character === "\\") at += 1;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") {
      depth -= 1;
      if (depth === 0) return at + 1;
      if (depth < 0) return null;
    }
  }
  return null;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? "")) at += 1;
  return at;
}
