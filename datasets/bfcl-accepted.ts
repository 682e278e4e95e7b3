import { isObject } from "../domain/json/scan.js";
import type { JsonValue } from "../domain/json/value.js";
import { isAbsent } from "../domain/scoring/absence.js";
import type { GoldCall } from "../domain/samples/sample.js";
import type { Refuse } from "./dataset-errors.js";

/** Limit against broken files; no record of the leaderboard has as many alternatives. */
const MAX_ALTERNATIVES = 5000;

/**
 * Reads a gold call of the leaderboard. Each argument lists every accepted value; `""` means that it
 * may be omitted. Members of an object use the same notation, which is expanded here into plain
 * values. The call's `arguments` are the first accepted value of each required argument.
 *
 * Throws the error from `refuse` for an argument without an accepted value, or with more than 5000.
 */
export function readAcceptedCall(
  name: string,
  acceptedByArgument: Readonly<Record<string, readonly JsonValue[]>>,
  refuse: Refuse,
): GoldCall {
  const accepted: Record<string, readonly JsonValue[]> = {};
  const first: Record<string, JsonValue> = {};
  for (const [key, values] of Object.entries(acceptedByArgument)) {
    const plain = expandAll(values);
    if (plain === null) {
      const problem = `stands for more than ${MAX_ALTERNATIVES} values`;
      throw refuse(`the argument "${key}" of "${name}" ${problem}`);
    }
    if (plain.length === 0) {
      throw refuse(`the argument "${key}" of "${name}" has no accepted value`);
    }
    accepted[key] = plain;
    const [value] = plain;
    if (value !== undefined && !plain.some(isAbsent)) first[key] = value;
  }
  return { name, arguments: first, accepted };
}

/** Returns every plain value that any of these stands for; null if there are too many. */
function expandAll(values: readonly JsonValue[]): JsonValue[] | null {
  const plain: JsonValue[] = [];
  for (const value of values) {
    const expanded = expand(value);
    if (expanded === null || plain.length + expanded.length > MAX_ALTERNATIVES) return null;
    plain.push(...expanded);
  }
  return plain;
}

/** Returns every plain value that a value with nested alternatives stands for; null if there are too many. */
function expand(value: JsonValue): JsonValue[] | null {
  if (Array.isArray(value)) {
    return combine((value as readonly JsonValue[]).map(expand));
  }
  if (!isObject(value)) return [value];
  const members = Object.entries(value);
  const alternatives = members.map(([, accepted]) =>
    Array.isArray(accepted) ? expandAll(accepted as readonly JsonValue[]) : [accepted],
  );
  const combined = combine(alternatives);
  if (combined === null) return null;
  return combined.map((chosen) =>
    Object.fromEntries(
      members.flatMap(([key], index) => {
        const member = chosen[index];
        // "" means that the member may be omitted.
        return member === undefined || member === "" ? [] : [[key, member]];
      }),
    ),
  );
}

/** Returns all ways to take one value from each list, in order; null if there are too many. */
function combine(lists: readonly (readonly JsonValue[] | null)[]): JsonValue[][] | null {
  let chosen: JsonValue[][] = [[]];
  for (const list of lists) {
    if (list === null || chosen.length * list.length > MAX_ALTERNATIVES) return null;
    chosen = chosen.flatMap((start) => list.map((value) => [...start, value]));
  }
  return chosen;
}
