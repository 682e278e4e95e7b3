import { decodeEscapes } from "./decode-escapes.js";

/** Part of a text: `[start, end)` in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A call as it is written in a text, well-formed or not. */
export interface CallOutline {
  readonly name: string;
  /** The name without quotes. */
  readonly nameSpan: Span;
  /** The leaves of its arguments without quotes: texts, numbers, words such as `true`, empty brackets. */
  readonly values: readonly Span[];
  /** The outermost brackets around it. */
  readonly around: Span;
}

interface OpenCall {
  name: string | null;
  nameSpan: Span;
  values: Span[];
  around: { start: number; end: number };
}

interface Frame {
  readonly bracket: string;
  readonly start: number;
  /** The call whose arguments it holds; null outside of arguments. */
  readonly inside: OpenCall | null;
  /** The call that it is, if it turns out to be one. */
  readonly call: OpenCall;
  readonly around: OpenCall["around"];
  /** The last key in it. */
  key: string;
  isEmpty: boolean;
}

const OPENING: Readonly<Record<string, string>> = { "}": "{", "]": "[", ")": "(" };
const ARGUMENTS = new Set(["arguments", "parameters"]);
/** A text, a bracket, or a bare word: a name, a number, `true`. */
const TOKEN =
  /"[^"\\]*(?:\\[^]?[^"\\]*)*(?:"|$)|'[^'\\]*(?:\\[^]?[^'\\]*)*'|[{}[\]()]|[^\s"'{}[\](),:=;]+/g;
/** Around all brackets, quotes and parentheses are prose. */
const PROSE_TOKEN = /[{[]/g;

/**
 * Lists the calls that a text seems to hold, in the order of their names: objects with a `name` and, under `arguments`
 * or `parameters`, values; and Python calls `f(a=1)` in a list. Reads no values, so broken JSON, Python literals and
 * texts that end early do as well. Time grows with the text's length.
 */
export function outlineCalls(text: string, from = 0): CallOutline[] {
  const outliner = new Outliner(text);
  outliner.read(from);
  return outliner.calls.flatMap(({ name, ...call }) => (name === null ? [] : [{ name, ...call }]));
}

class Outliner {
  readonly calls: OpenCall[] = [];
  readonly #text: string;
  readonly #frames: Frame[] = [];
  /** The bare word just read, which may be the name of a Python call. */
  #word: Span | null = null;

  /** @param inside - the call whose arguments the whole text is */
  constructor(text: string, inside: OpenCall | null = null) {
    this.#text = text;
    if (inside !== null) this.#frames.push(this.#createFrame("[", 0, inside));
  }

  read(from: number): void {
    for (let position = from; ;) {
      const pattern = new RegExp(this.#frames.length === 0 ? PROSE_TOKEN : TOKEN);
      pattern.lastIndex = position;
      const match = pattern.exec(this.#text);
      if (match === null) return;
      const [token] = match;
      position = match.index + token.length;
      if (token === "{" || token === "[" || token === "(") this.#open(token, match.index);
      else if (Object.hasOwn(OPENING, token)) this.#close(token, position);
      else this.#readLeaf({ start: match.index, end: position });
    }
  }

  #open(bracket: string, at: number): void {
    const frame = this.#frames.at(-1);
    const opened = this.#createFrame(bracket, at, frame?.inside ?? this.#argumentsOf(bracket));
    if (frame !== undefined) frame.isEmpty = false;
    this.#frames.push(opened);
    this.#word = null;
  }

  #createFrame(bracket: string, at: number, inside: OpenCall | null): Frame {
    const around = this.#frames[0]?.around ?? { start: at, end: this.#text.length };
    const call = { name: null, nameSpan: { start: at, end: at }, values: [], around };
    return { bracket, start: at, inside, call, around, key: "", isEmpty: true };
  }

  /** The call whose arguments a bracket opens; null if it opens something else. */
  #argumentsOf(bracket: string): OpenCall | null {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return null;
    if (bracket !== "(") return ARGUMENTS.has(frame.key) ? frame.call : null;
    if (frame.bracket !== "[" || this.#word === null) return null;
    const { call } = this.#createFrame(bracket, this.#word.start, null);
    this.#nameCall(call, this.#word);
    return call;
  }

  #close(bracket: string, end: number): void {
    const partner = this.#frames.findLastIndex((frame) => frame.bracket === OPENING[bracket]);
    const [outermost] = this.#frames;
    const [closed] = partner === -1 ? [] : this.#frames.splice(partner);
    // An empty list or object is a value of its own.
    const parent = this.#frames.at(-1);
    if (closed?.isEmpty === true) parent?.inside?.values.push({ start: closed.start, end });
    if (this.#frames.length === 0 && outermost !== undefined) outermost.around.end = end;
    this.#word = null;
  }

  #readLeaf(token: Span): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    frame.isEmpty = false;
    const content = this.#unquote(token);
    this.#word = this.#isQuoted(token) ? null : token;
    if (this.#isKey(frame, token.end)) frame.key = this.#text.slice(content.start, content.end);
    else if (frame.inside !== null) frame.inside.values.push(content);
    else if (frame.bracket === "{") this.#readMember(frame, content);
  }

  #isKey({ bracket }: Frame, end: number): boolean {
    const next = /\s*([:=])/y;
    next.lastIndex = end;
    const mark = next.exec(this.#text)?.[1];
    return (bracket === "{" && mark === ":") || (bracket === "(" && mark === "=");
  }

  /** A leaf of an object outside of arguments. */
  #readMember({ key, call }: Frame, content: Span): void {
    if (key === "name" && call.name === null) this.#nameCall(call, content);
    // Arguments as a text of JSON.
    if (ARGUMENTS.has(key)) {
      const { text, places } = decodeEscapes(this.#text, content);
      const inner = new Outliner(text, call);
      const before = call.values.length;
      inner.read(0);
      call.values = call.values.map((span, index) =>
        index < before
          ? span
          : { start: places[span.start] ?? content.end, end: places[span.end] ?? content.end },
      );
    }
  }

  #nameCall(call: OpenCall, span: Span): void {
    call.name = decodeEscapes(this.#text, span).text.trim();
    call.nameSpan = span;
    this.calls.push(call);
  }

  /** Without the quotes, unless nothing else is there. */
  #unquote({ start, end }: Span): Span {
    if (!this.#isQuoted({ start })) return { start, end };
    const isClosed = end - start > 1 && this.#text[end - 1] === this.#text[start];
    const inner = { start: start + 1, end: isClosed ? end - 1 : end };
    return inner.start < inner.end ? inner : { start, end };
  }

  #isQuoted({ start }: Pick<Span, "start">): boolean {
    return this.#text[start] === '"' || this.#text[start] === "'";
  }
}
