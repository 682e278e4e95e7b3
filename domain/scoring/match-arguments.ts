import type { JsonObject, JsonValue } from "../json/value.js";
import { argumentOf, readParameters } from "../schemas/read-parameters.js";
import { isAbsent } from "./absence.js";
import type { MatchMode } from "./match-values.js";
import { isDefault, placedValuesMatch } from "./match-values.js";
import type { GoldCall } from "../samples/sample.js";

/** Options of scoring; both change results, so both belong to the config hash. */
export interface MatchOptions {
  /**
   * Whether an argument, or a member of an object, that gold lacks counts as right if its value is the
   * schema's default. Default true.
   */
  readonly allowDefaults?: boolean;
  /** Arguments to ignore on both sides, e.g. ToolAlpaca's API keys. Default none. */
  readonly ignoreArguments?: readonly string[];
}

/**
 * Finds the first argument in which a predicted call differs from a gold call, or null if all agree
 * (specification, section 7.4). Checks gold's arguments in order, then the prediction's additional
 * ones. `null` and `""` count as absent on both sides.
 *
 * @param parameters - the tool's JSON Schema of type "object", if known
 */
export function findArgumentMismatch(
  gold: GoldCall,
  predicted: JsonObject,
  mode: MatchMode,
  parameters: JsonObject | undefined,
  options: MatchOptions = {},
): string | null {
  const declared = readParameters(parameters ?? {});
  const rules = { mode, allowDefaults: options.allowDefaults !== false };
  const expected = expectedValues(gold);
  for (const [key, { values, optional }] of Object.entries(expected)) {
    if (options.ignoreArguments?.includes(key) === true) continue;
    const given = Object.hasOwn(predicted, key) ? predicted[key] : undefined;
    if (given === undefined || isAbsent(given)) {
      if (!optional) return key;
      continue;
    }
    const place = argumentOf(declared, key);
    if (!values.some((value) => placedValuesMatch(value, given, place, rules))) return key;
  }
  for (const [key, given] of Object.entries(predicted)) {
    if (Object.hasOwn(expected, key) || isAbsent(given)) continue;
    if (options.ignoreArguments?.includes(key) === true) continue;
    if (!isDefault(given, argumentOf(declared, key), rules)) return key;
  }
  return null;
}

interface Expected {
  readonly values: readonly JsonValue[];
  readonly optional: boolean;
}

/** Accepted values per argument, without arguments whose only value is absent. */
function expectedValues(gold: GoldCall): Record<string, Expected> {
  const keys = new Set([...Object.keys(gold.arguments), ...Object.keys(gold.accepted ?? {})]);
  // No prototype, so that an argument named "constructor" is an ordinary key.
  const expected = Object.create(null) as Record<string, Expected>;
  for (const key of keys) {
    const accepted = acceptedValues(gold, key);
    const values = accepted.filter((value) => !isAbsent(value));
    if (values.length > 0) expected[key] = { values, optional: values.length < accepted.length };
  }
  return expected;
}

/** The values that gold accepts for one of its arguments, including absent ones. */
export function acceptedValues(gold: GoldCall, key: string): readonly JsonValue[] {
  // An argument may be named "constructor", which every object inherits.
  const listed = Object.hasOwn(gold.accepted ?? {}, key) ? gold.accepted?.[key] : undefined;
  const own = Object.hasOwn(gold.arguments, key) ? gold.arguments[key] : undefined;
  return listed ?? [own ?? null];
}
