import { createRandom, shuffle } from "../identity/random.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { DemonstrationSpec } from "../config/variant.js";

/** One adapter that answers all samples of a variant, data set and seed (sft, sft-ood, cheat-sft). */
export interface FineTuneTarget {
  readonly variant: string;
  readonly dataset: string;
  readonly seed: number;
}

/** A sweep's adapter, trained. */
export interface FineTunedAdapter extends FineTuneTarget {
  /** Name of the live adapter, and of its directory in the engine's artifact folder. */
  readonly adapterId: string;
  /** Key of its weights: equal for equal training. */
  readonly trainingKey: string;
}

/** A record that is trained on: its conversation and tools are read from the store. */
export interface LabelledRecord {
  readonly dataset: string;
  readonly sampleKey: string;
  readonly calls: readonly ToolCall[];
}

/** Optimisation steps between two saved states: what a crash costs at most. */
export const STRETCH_STEPS = 50;

/** A random few records of a split (sft-ood): others for each seed, and for each draw. */
export function drawRecords<Record>(
  records: readonly Record[],
  from: { readonly dataset: string; readonly seed: number },
  { examples, draw }: Pick<DemonstrationSpec, "examples" | "draw">,
): Record[] {
  const random = createRandom(`fine-tune/${from.dataset}/${from.seed}/${draw}`);
  return shuffle(records, random).slice(0, examples);
}

/** Optimisation steps of a whole training. */
export function countSteps(examples: number, epochs: number, batchSize: number): number {
  return Math.ceil((examples * epochs) / batchSize);
}

/** The records of the steps from `first` to before `last`; `epochs` holds each epoch's order, one after the other. */
export function recordsOfSteps<Record>(
  epochs: readonly (readonly Record[])[],
  batchSize: number,
  first: number,
  last: number,
): Record[] {
  return epochs.flat().slice(first * batchSize, last * batchSize);
}
