import fc from "fast-check";

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value)
    ? value.map((member: unknown, index): [string | number, unknown] => [index, member])
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

function replaceAt(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const copy: unknown = structuredClone(value);
  const members = copy as Record<string | number, unknown>;
  members[key] = replaceAt(members[key], rest, replacement);
  return copy;
}

/** Any JSON value, odd ones often. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>("", null, [], {}, [null], [[]], "{", '{"a": 1e999}', '{"a": "\\ud83d"}'),
  fc.constantFrom("\ud83d", "a\u0000b", "constructor", "__proto__", -0, 2 ** 60),
  fc
    .constantFrom("constructor", "toString", "__proto__")
    .map((key) => JSON.parse(`{"${key}": [{"${key}": 1}], "type": "${key}"}`) as unknown),
  fc
    .constantFrom(50, 120, 300)
    .map((depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown),
);

/** The given values as JSON text, each with one or two of its parts exchanged for anything, or anything alone. */
export function damagedLines(values: readonly unknown[]): fc.Arbitrary<string> {
  const damaged = fc.constantFrom(...values).chain((value) =>
    fc
      .array(fc.tuple(fc.constantFrom(...pathsOf(value)), anything), { minLength: 1, maxLength: 2 })
      .map((changes) =>
        changes.reduce((changed: unknown, [path, replacement]) => {
          try {
            return replaceAt(changed, path, replacement);
          } catch {
            // The first change took away what the second would be in.
            return changed;
          }
        }, value),
      ),
  );
  // As text, because a report of a failure could not show the deepest ones.
  return fc
    .oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: anything })
    .map((value) => JSON.stringify(value));
}
