import type { JsonObject } from "../../domain/json/value.js";

/** Percentage points on both sides of a single value. */
const MARGIN = 5;

/** A percentage, with the ends of its interval if it has one. */
export interface PercentPoint {
  readonly accuracy: number;
  readonly low?: number;
  readonly high?: number;
}

/**
 * The scale of percentages and their intervals: from the lowest to the highest value, rounded. If all are equal, the
 * axis would have no length and its labels would repeat one value, so it reaches to both sides, within 0 and 100.
 */
export function percentScale(points: readonly PercentPoint[]): JsonObject {
  const scale = { zero: false, nice: true };
  const values = points.flatMap(({ accuracy, low = accuracy, high = accuracy }) => [low, high]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low < high || values.length === 0) return scale;
  return { ...scale, domain: [Math.max(0, low - MARGIN), Math.min(100, high + MARGIN)] };
}
