import { hashText } from "../identity/random.js";

/**
 * The partition of a sample, an integer in [0, partitions), from a stable hash of its key. All units of a
 * sample share a partition, so that its variants find each other's stored steps. Pure, for workflow
 * code.
 */
export function partitionOf(sampleKey: string, partitions: number): number {
  if (!Number.isSafeInteger(partitions) || partitions < 1) {
    throw new RangeError(`partitions must be a whole number from 1, got ${String(partitions)}`);
  }
  return hashSample(sampleKey) % partitions;
}

/** The hash whose remainder is a sample's partition, from 0 to 2^32 - 1. */
export function hashSample(sampleKey: string): number {
  return hashText(sampleKey);
}
