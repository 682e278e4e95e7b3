import { canonicalJson } from "../json/canonical.js";
import { sha256Hex } from "./hash.js";

/** Version of the rule, because a change in how seeds are derived changes every draw. */
const SEED_VERSION = "whetstone-seed-1";

/**
 * Derives the base seed of a seed index, an integer in [0, 2^53). It depends only on the index, not on
 * the sweep's name or the variant, so that equal computations of different variants and sweeps
 * have equal seeds and can be shared.
 */
export function deriveBaseSeed(seedIndex: number): number {
  if (!Number.isSafeInteger(seedIndex) || seedIndex < 0) {
    throw new RangeError(`a seed index is a whole number from 0, got ${String(seedIndex)}`);
  }
  return hashToSeed([SEED_VERSION, "base", seedIndex]);
}

/**
 * Derives the seed of one random draw, an integer in [0, 2^53), by hashing the draw's coordinates
 * (specification, section 8).
 *
 * @param step - purpose of the draw, e.g. "synthesize", "train", "answer"
 * @param k - index of the parallel draw, from 0
 * @param attempt - attempt number, from 1; a retry uses a new seed
 */
export function deriveSeed(
  baseSeed: number,
  sampleKey: string,
  step: string,
  k: number,
  attempt: number,
): number {
  return hashToSeed([SEED_VERSION, baseSeed, sampleKey, step, k, attempt]);
}

function hashToSeed(parts: readonly (string | number)[]): number {
  // 13 hex digits are 52 bits, one more bit comes from the next digit: 53 in all.
  const digits = sha256Hex(canonicalJson(parts));
  const high = Number.parseInt(digits.slice(0, 13), 16);
  const lastBit = Number.parseInt(digits.slice(13, 14), 16) & 1;
  return high * 2 + lastBit;
}
