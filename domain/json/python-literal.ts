import { readNumber } from "./exact-number.js";
import { isObject } from "./scan.js";
import type { JsonValue } from "./value.js";

/** Deeper values would exhaust the stack. */
const MAX_DEPTH = 100;

const WORDS: Readonly<Record<string, JsonValue>> = { True: true, False: false, None: null };
const TOKEN =
  /\s*(?:([[\]{}(),:=])|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*))/y;

/** Reads a Python literal (dict, list, tuple, string, number, True, False, None); null if it is not one. */
export function parsePythonLiteral(text: string): { readonly value: JsonValue } | null {
  return parseWhole(text, (reader) => ({ value: reader.readValue() }));
}

/** Reads a Python call with keyword arguments that are literals, `f(a=1, b="x")`; null if it is not one. */
export function parsePythonCall(
  text: string,
): { readonly name: string; readonly arguments: Readonly<Record<string, JsonValue>> } | null {
  return parseWhole(text, (reader) => ({ name: reader.take(), arguments: reader.readKeywords() }));
}

/** Renders a value as a Python literal. */
export function renderPythonLiteral(value: JsonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map(renderPythonLiteral).join(", ")}]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${renderPythonLiteral(member)}`,
  );
  return `{${members.join(", ")}}`;
}

interface Reader {
  readonly take: () => string;
  readonly readValue: () => JsonValue;
  readonly readKeywords: () => Record<string, JsonValue>;
}

function parseWhole<T>(text: string, read: (reader: Reader) => T): T | null {
  const tokens = tokenise(text);
  if (tokens === null) return null;
  let position = 0;
  let depth = 0;
  const peek = (): string | undefined => tokens[position];
  const take = (): string => tokens[position++] ?? "";
  const readList = (close: string): JsonValue[] => {
    const items: JsonValue[] = [];
    while (peek() !== close) {
      items.push(readValue());
      if (peek() === ",") take();
      else if (peek() !== close) throw new SyntaxError("comma expected");
    }
    take();
    return items;
  };
  const readDict = (): JsonValue => {
    const entries: [string, JsonValue][] = [];
    while (peek() !== "}") {
      const key = readValue();
      if (typeof key !== "string" || take() !== ":") throw new SyntaxError("key expected");
      entries.push([key, readValue()]);
      if (peek() === ",") take();
      else if (peek() !== "}") throw new SyntaxError("comma expected");
    }
    take();
    return Object.fromEntries(entries);
  };
  const readKeywords = (): Record<string, JsonValue> => {
    if (take() !== "(") throw new SyntaxError("( expected");
    const entries: [string, JsonValue][] = [];
    while (peek() !== ")") {
      const key = take();
      if (!/^[A-Za-z_]/.test(key) || take() !== "=") throw new SyntaxError("keyword expected");
      entries.push([key, readValue()]);
      if (peek() === ",") take();
      else if (peek() !== ")") throw new SyntaxError("comma expected");
    }
    take();
    return Object.fromEntries(entries);
  };
  const readNested = <V>(readInside: () => V): V => {
    depth += 1;
    if (depth > MAX_DEPTH) throw new SyntaxError("nests too deep");
    const value = readInside();
    depth -= 1;
    return value;
  };
  const readValue = (): JsonValue => {
    const token = take();
    if (token === "{") return readNested(readDict);
    if (token === "[") return readNested(() => readList("]"));
    if (token === "(") return readNested(() => readList(")"));
    if (token.startsWith("'") || token.startsWith('"')) return unquote(token);
    if (Object.hasOwn(WORDS, token)) return WORDS[token] ?? null;
    if (!/^-?\d/.test(token)) throw new SyntaxError(`unexpected ${token}`);
    return readNumber(token);
  };
  try {
    const result = read({ take, readValue, readKeywords });
    return position === tokens.length ? result : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function tokenise(text: string): string[] | null {
  const tokens: string[] = [];
  const body = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const match = TOKEN.exec(body);
    if (match === null) return null;
    tokens.push(match[0].trimStart());
  }
  return tokens;
}

function unquote(token: string): string {
  return token
    .slice(1, -1)
    .replace(
      /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U00(?:0\d|10)[\da-fA-F]{4}|.)/g,
      (_, code: string) => {
        if (/^[xuU].+/.test(code)) return String.fromCodePoint(parseInt(code.slice(1), 16));
        return { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" }[code] ?? code;
      },
    );
}
