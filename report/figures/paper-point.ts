import { paperReference } from "../paper/reference.js";

/** What the paper reports of one variant, in percent: shown beside ours and marked "paper". */
export interface PaperPoint {
  /** The variant's name in the sweep. */
  readonly variant: string;
  readonly dataset: string;
  readonly accuracy: number;
  /** The paper's model; absent: the one it uses throughout, Qwen2.5-1.5B. */
  readonly model?: string;
}

/** The paper's accuracies of a single answer for the experiment that a sweep reproduces. */
export function listPaperPoints(experiment: string | undefined): PaperPoint[] {
  return (paperReference(experiment)?.values ?? []).flatMap((value) => {
    const model = value.measure === "single" ? "1.5B" : /^single, (.*)$/.exec(value.measure)?.[1];
    if (model === undefined || value.unit !== "%" || value.dataset === "average") return [];
    const { variant, dataset, value: accuracy } = value;
    return [{ variant, dataset, accuracy, model: `Qwen2.5-${model}` }];
  });
}

/** Points of the model that the paper uses throughout. */
export function ofUsualModel(points: readonly PaperPoint[]): PaperPoint[] {
  return points.filter(({ model }) => model === undefined || model === "Qwen2.5-1.5B");
}
