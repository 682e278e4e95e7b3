import { canonicalJson } from "../../domain/json/canonical.js";

/** One value in which two records differ; `undefined` means absent. */
export interface ValueDifference {
  /** Keys from the outermost in, joined with dots. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Paths at which two JSON-like records differ. Lists of objects with a `name` are compared by name,
 * so that an added variant counts as one difference, not many.
 */
export function listDifferences(before: unknown, after: unknown, path = ""): ValueDifference[] {
  const left = toFields(before);
  const right = toFields(after);
  if (left !== null && right !== null) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return keys.flatMap((key) =>
      listDifferences(left[key], right[key], path === "" ? key : `${path}.${key}`),
    );
  }
  return sameValue(before, after) ? [] : [{ path, before, after }];
}

function toFields(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== "object" || value === null) return null;
  if (!Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  const items = value as readonly unknown[];
  const names = items.map((item) =>
    typeof item === "object" && item !== null && "name" in item && typeof item.name === "string"
      ? item.name
      : null,
  );
  if (items.length === 0 || names.includes(null) || new Set(names).size < names.length) return null;
  return Object.fromEntries(items.map((item, index) => [names[index] ?? "", item]));
}

function sameValue(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}
