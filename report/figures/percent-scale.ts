import type { JsonObject } from "../../domain/json/value.js";

/** Percentage points on both sides of a single value. */
const MARGIN = 5;

/**
 * The scale of percentages: from the lowest to the highest value, rounded. If all are equal, the axis would have no
 * length and its labels would repeat one value, so it reaches to both sides, within 0 and 100.
 */
export function percentScale(values: readonly number[]): JsonObject {
  const scale = { zero: false, nice: true };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low < high || values.length === 0) return scale;
  return { ...scale, domain: [Math.max(0, low - MARGIN), Math.min(100, high + MARGIN)] };
}
