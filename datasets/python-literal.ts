import type { JsonValue } from "../domain/json.js";

const WORDS: Readonly<Record<string, JsonValue>> = { True: true, False: false, None: null };
const TOKEN =
  /\s*(?:([[\]{}(),:])|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(True|False|None))/y;

/** Reads a Python literal (dict, list, tuple, string, number, True, False, None); null where it is none. */
export function parsePythonLiteral(text: string): { readonly value: JsonValue } | null {
  const tokens = tokenise(text);
  if (tokens === null) return null;
  let position = 0;
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
  const readValue = (): JsonValue => {
    const token = take();
    if (token === "{") return readDict();
    if (token === "[") return readList("]");
    if (token === "(") return readList(")");
    if (token.startsWith("'") || token.startsWith('"')) return unquote(token);
    if (Object.hasOwn(WORDS, token)) return WORDS[token] ?? null;
    if (!/^-?\d/.test(token)) throw new SyntaxError(`unexpected ${token}`);
    return Number(token);
  };
  try {
    const value = readValue();
    return position === tokens.length ? { value } : null;
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
  return token.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g, (_, code: string) => {
    if (/^[xu].+/.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
    return { n: "\n", t: "\t", r: "\r" }[code] ?? code;
  });
}
