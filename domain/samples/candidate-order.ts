import { createRandom, shuffle } from "../identity/random.js";
import type { Tool } from "./sample.js";

/** "given": as in the data (the paper); "shuffled": a permutation fixed per sample. */
export type CandidateOrder = "given" | "shuffled";

/**
 * The order in which a sample's tools are shown and scored. A given order can reward a habit
 * (SealTool lists the gold tool first in 258 of 294 records); "shuffled" takes that away. The
 * permutation is seeded by the sample's key alone, so that every seed and variant sees the same
 * prompt.
 */
export function orderCandidates(
  tools: readonly Tool[],
  order: CandidateOrder,
  sampleKey: string,
): Tool[] {
  if (order === "given") return [...tools];
  return shuffle(tools, createRandom(`candidate-order/${sampleKey}`));
}
