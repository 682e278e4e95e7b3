import { hasLoneSurrogate } from "../text/cut-text.js";

/** Deeper values are no data but an attack on, or an error of, whoever wrote them. */
const MAX_DEPTH = 100;

/** What is wrong inside a parsed value. */
export interface UnusableValue {
  /** Where it is, such as `messages.0.content`; "" for the value itself. */
  readonly field: string;
  readonly problem: string;
}

/**
 * The first thing in a parsed JSON value that cannot be hashed, stored or sent to a model, or null:
 * half a character in a text or a key, a number beyond the range of doubles (`1e999`), a key
 * `__proto__`, more than 100 levels of lists and objects.
 */
export function findUnusable(value: unknown): UnusableValue | null {
  return visit(value, []);
}

/** What is wrong, for a message. */
export function describeUnusable({ field, problem }: UnusableValue): string {
  return field === "" ? problem : `field "${field}": ${problem}`;
}

function visit(value: unknown, path: readonly string[]): UnusableValue | null {
  if (typeof value === "string" && hasLoneSurrogate(value)) {
    return { field: path.join("."), problem: `holds half a character (${showHalf(value)})` };
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { field: path.join("."), problem: "holds a number that is too large" };
  }
  if (typeof value !== "object" || value === null) return null;
  if (path.length >= MAX_DEPTH) {
    const field = path.slice(0, 3).join(".");
    return { field, problem: `nests deeper than ${MAX_DEPTH} levels` };
  }
  for (const [key, member] of Object.entries(value)) {
    if (key === "__proto__") return { field: path.join("."), problem: 'has a key "__proto__"' };
    if (hasLoneSurrogate(key)) {
      return {
        field: path.join("."),
        problem: `has a key with half a character (${showHalf(key)})`,
      };
    }
    const found = visit(member, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}

/** The first lone surrogate as JSON escapes it. */
function showHalf(text: string): string {
  const half = /\p{Surrogate}/u.exec(text)?.[0] ?? "";
  return `\\u${half.charCodeAt(0).toString(16)}`;
}
