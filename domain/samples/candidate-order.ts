import { createRandom, shuffle } from "../identity/random.js";
import type { Tool } from "./sample.js";

/** "given": as in the data (the paper); "shuffled": a permutation fixed per sample. */
export type CandidateOrder = "given" | "shuffled";

/**
 * Orders a sample's tools for prompts and scoring. A given order can reward position bias (SealTool
 * lists the gold tool first in 258 of 294 records); "shuffled" removes that. The permutation depends
 * only on the sample's key, so that every seed and variant sees the same prompt.
 */
export function orderCandidates(
  tools: readonly Tool[],
  order: CandidateOrder,
  sampleKey: string,
): Tool[] {
  if (order === "given") return [...tools];
  return shuffle(tools, createRandom(`candidate-order/${sampleKey}`));
}
