import { paperReference } from "../paper/reference.js";

/** The paper's value for one variant, in percent, shown beside ours and marked "paper". */
export interface PaperPoint {
  /** The variant's name in the sweep. */
  readonly variant: string;
  readonly dataset: string;
  readonly accuracy: number;
  /** The paper's model; default: its main model, Qwen2.5-1.5B. */
  readonly model?: string;
}

/** The paper's single-answer accuracies for the experiment that a sweep reproduces. */
export function listPaperPoints(experiment: string | undefined): PaperPoint[] {
  return (paperReference(experiment)?.values ?? []).flatMap((value) => {
    const model = value.measure === "single" ? "1.5B" : /^single, (.*)$/.exec(value.measure)?.[1];
    if (model === undefined || value.unit !== "%" || value.dataset === "average") return [];
    const { variant, dataset, value: accuracy } = value;
    return [{ variant, dataset, accuracy, model: `Qwen2.5-${model}` }];
  });
}

/** Points of the paper's main model. */
export function ofUsualModel(points: readonly PaperPoint[]): PaperPoint[] {
  return points.filter(({ model }) => model === undefined || model === "Qwen2.5-1.5B");
}
