import { canonicalJson } from "../json/canonical.js";
import { sha256Hex } from "./hash.js";

/** Changing how seeds are derived changes every draw, so the rule carries a version. */
const SEED_VERSION = "whetstone-seed-1";

/**
 * The base seed of one seed index: an integer in [0, 2^53). It depends on the index alone, not on
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
 * The seed of one random draw: an integer in [0, 2^53), by hashing where the draw happens
 * (specification, section 8).
 *
 * @param step - what the draw is for, e.g. "synthesize", "train", "answer"
 * @param k - which of several parallel draws, from 0
 * @param attempt - which try of that draw, from 1; a retry draws anew
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
