import { createRandom, shuffle } from "../identity/random.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { DemonstrationSpec } from "../config/variant.js";

/** One adapter that answers all samples of a variant, data set and seed (sft, sft-ood, cheat-sft). */
export interface FineTuneTarget {
  readonly variant: string;
  readonly dataset: string;
  readonly seed: number;
}

/** A sweep's trained adapter. */
export interface FineTunedAdapter extends FineTuneTarget {
  /** Name of the live adapter, and of its directory in the engine's artifact folder. */
  readonly adapterId: string;
  /** Key of its weights; equal for equal training. */
  readonly trainingKey: string;
}

/** A training record; its conversation and tools are read from the store. */
export interface LabelledRecord {
  readonly dataset: string;
  readonly sampleKey: string;
  readonly calls: readonly ToolCall[];
}

/** Optimization steps between two saved states, the most that a crash can lose. */
export const STRETCH_STEPS = 50;

/** Draws random records of a split (sft-ood), different for each seed and draw. */
export function drawRecords<Record>(
  records: readonly Record[],
  from: { readonly dataset: string; readonly seed: number },
  { examples, draw }: Pick<DemonstrationSpec, "examples" | "draw">,
): Record[] {
  const random = createRandom(`fine-tune/${from.dataset}/${from.seed}/${draw}`);
  return shuffle(records, random).slice(0, examples);
}

/** Optimization steps of a whole training. */
export function countSteps(examples: number, epochs: number, batchSize: number): number {
  return Math.ceil((examples * epochs) / batchSize);
}

/** The records of steps `first` (inclusive) to `last` (exclusive); `epochs` holds the order of each epoch. */
export function recordsOfSteps<Record>(
  epochs: readonly (readonly Record[])[],
  batchSize: number,
  first: number,
  last: number,
): Record[] {
  return epochs.flat().slice(first * batchSize, last * batchSize);
}
