import { parsePythonCall } from "../json/python-literal.js";
import type { ToolCall } from "../samples/tool-call.js";

/**
 * Reads a text that is only a Python list of calls, optionally in a fence: `[f(a="x", b=1), g()]`. Null if it is not
 * such a list.
 */
export function parsePythonCalls(text: string): ToolCall[] | null {
  const body = text.replace(/^\s*```\w*\n([^]*?)\n?```\s*$/, "$1").trim();
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
  return calls;
}

/** Position after the parenthesis that closes the call starting at `start`. */
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
