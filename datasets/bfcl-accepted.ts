import { isObject } from "../domain/json/scan.js";
import type { JsonValue } from "../domain/json/value.js";
import { isAbsent } from "../domain/scoring/absence.js";
import type { GoldCall } from "../domain/samples/sample.js";
import type { Refuse } from "./dataset-errors.js";

/** More alternatives than any record of the leaderboard has; a bound against broken files. */
const MAX_ALTERNATIVES = 5000;

/**
 * A gold call of the leaderboard, whose arguments each list every accepted value, `""` for "may be
 * left out". Inside an object the same notation goes on member by member; it is written out here
 * into plain values. The call's `arguments` are the first accepted value of each argument that must
 * be given.
 *
 * Throws what `refuse` makes for an argument without an accepted value, or with more than 5000.
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

/** Every plain value that any of these stands for; null for too many. */
function expandAll(values: readonly JsonValue[]): JsonValue[] | null {
  const plain: JsonValue[] = [];
  for (const value of values) {
    const expanded = expand(value);
    if (expanded === null || plain.length + expanded.length > MAX_ALTERNATIVES) return null;
    plain.push(...expanded);
  }
  return plain;
}

/** Every plain value that a value with alternatives inside stands for; null for too many. */
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
        // "" means that the member may be left out.
        return member === undefined || member === "" ? [] : [[key, member]];
      }),
    ),
  );
}

/** All ways to take one value from each list, in order; null for too many. */
function combine(lists: readonly (readonly JsonValue[] | null)[]): JsonValue[][] | null {
  let chosen: JsonValue[][] = [[]];
  for (const list of lists) {
    if (list === null || chosen.length * list.length > MAX_ALTERNATIVES) return null;
    chosen = chosen.flatMap((start) => list.map((value) => [...start, value]));
  }
  return chosen;
}
