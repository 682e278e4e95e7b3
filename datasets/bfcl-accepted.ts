import { isObject } from "../domain/json/scan.js";
import type { JsonValue } from "../domain/json/value.js";
import { isAbsent } from "../domain/scoring/match-arguments.js";
import type { GoldCall } from "../domain/samples/sample.js";

/** More alternatives than any record of the leaderboard has; a bound against broken files. */
const MAX_ALTERNATIVES = 5000;

/**
 * A gold call of the leaderboard, whose arguments each list every accepted value, `""` for "may be
 * left out". Inside an object the same notation goes on member by member; it is written out here
 * into plain values. The call's `arguments` are the first accepted value of each argument that must
 * be given.
 */
export function readAcceptedCall(
  name: string,
  acceptedByArgument: Readonly<Record<string, readonly JsonValue[]>>,
): GoldCall {
  const accepted: Record<string, readonly JsonValue[]> = {};
  const first: Record<string, JsonValue> = {};
  for (const [key, values] of Object.entries(acceptedByArgument)) {
    const plain = values.flatMap(expand);
    accepted[key] = plain;
    const [value] = plain;
    if (value !== undefined && !plain.some(isAbsent)) first[key] = value;
  }
  return { name, arguments: first, accepted };
}

/** Every plain value that a value with alternatives inside stands for. */
function expand(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) {
    return combine((value as readonly JsonValue[]).map(expand));
  }
  if (!isObject(value)) return [value];
  const members = Object.entries(value);
  const alternatives = members.map(([, accepted]) =>
    Array.isArray(accepted) ? (accepted as readonly JsonValue[]).flatMap(expand) : [accepted],
  );
  return combine(alternatives).map((chosen) =>
    Object.fromEntries(
      members.flatMap(([key], index) => {
        const member = chosen[index];
        // "" means that the member may be left out.
        return member === undefined || member === "" ? [] : [[key, member]];
      }),
    ),
  );
}

/** All ways to take one value from each list, in order. */
function combine(lists: readonly (readonly JsonValue[])[]): JsonValue[][] {
  let chosen: JsonValue[][] = [[]];
  for (const list of lists) {
    chosen = chosen.flatMap((start) => list.map((value) => [...start, value]));
    if (chosen.length > MAX_ALTERNATIVES) {
      throw new RangeError(`a gold value stands for more than ${MAX_ALTERNATIVES} alternatives`);
    }
  }
  return chosen;
}
