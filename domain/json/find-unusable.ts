import { hasLoneSurrogate } from "../text/cut-text.js";

/** Deeper values are an attack or an error, not data. */
const MAX_DEPTH = 100;

/** Maximum path steps shown in a message. */
const SHOWN_STEPS = 12;

/** A problem inside a parsed value. */
export interface UnusableValue {
  /** Its path, such as `messages.0.content`; "" for the value itself. */
  readonly field: string;
  readonly problem: string;
}

/**
 * Finds the first part of a parsed JSON value that cannot be hashed, stored or sent to a model, or null:
 * a lone surrogate in a text or key, a number beyond the range of doubles (`1e999`), a key `__proto__`,
 * more than 100 levels of lists and objects.
 */
export function findUnusable(value: unknown): UnusableValue | null {
  const found = visit(value, 0);
  if (found === null) return null;
  const { path, problem } = found;
  const field = path.slice(0, SHOWN_STEPS).join(".");
  return { field: path.length > SHOWN_STEPS ? `${field}...` : field, problem };
}

/** Describes the problem for a message. */
export function describeUnusable({ field, problem }: UnusableValue): string {
  return field === "" ? problem : `field "${field}": ${problem}`;
}

interface FoundInside {
  readonly path: readonly string[];
  readonly problem: string;
}

/** Builds a path only for a problem, because gigabytes of data pass through here. */
function visit(value: unknown, depth: number): FoundInside | null {
  if (typeof value === "string") {
    return hasLoneSurrogate(value) ? flaw(`holds ${describeHalf(value)}`) : null;
  }
  if (typeof value === "number") {
    return Number.isFinite(value) ? null : flaw("holds a number that is too large");
  }
  if (typeof value !== "object" || value === null) return null;
  if (depth === MAX_DEPTH) return flaw(`nests deeper than ${MAX_DEPTH} levels`);
  const isList = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) {
    const inKey = isList ? null : checkKey(key);
    if (inKey !== null) return inKey;
    const inside = visit(member, depth + 1);
    if (inside !== null) return { ...inside, path: [key, ...inside.path] };
  }
  return null;
}

function checkKey(key: string): FoundInside | null {
  if (key === "__proto__") return flaw('has a key "__proto__"');
  return hasLoneSurrogate(key) ? flaw(`has a key with ${describeHalf(key)}`) : null;
}

function flaw(problem: string): FoundInside {
  return { path: [], problem };
}

/** The first lone surrogate as JSON escapes it. */
function describeHalf(text: string): string {
  const half = /\p{Surrogate}/u.exec(text)?.[0] ?? "";
  return `a lone surrogate (\\u${half.charCodeAt(0).toString(16)}), half of a character`;
}
