import type { VariantSpec } from "../../domain/config/variant.js";
import type { FigureContext, NamedVariant } from "./context.js";
import { listVariants } from "./context.js";

/** Which variants an accuracy figure shows, and its texts. */
export interface Selection {
  readonly id: string;
  readonly title: string;
  readonly shows: (variant: NamedVariant) => boolean;
  /** The methods that the figure is about; at least one must be present. */
  readonly about?: readonly VariantSpec["method"][];
}

/** All variants. */
export const EVERY_VARIANT: Selection = {
  id: "accuracy",
  title: "Accuracy of every variant",
  shows: () => true,
};

const DATA_METHODS = ["icl", "sft", "tt-si-icl"] as const;
const CHEATS = ["cheat-icl", "cheat-sft", "cheat-ttt"] as const;
const COMPARED: readonly VariantSpec["method"][] = ["base", "tt-si", "tt-d"];

/** Test-time training compared with training data and in-context examples. */
export const BESIDE_DATA: Selection = {
  id: "figure-3-data",
  title: "Beside examples and training data (the paper's Figure 3)",
  shows: ({ spec, summary }) =>
    [...COMPARED, ...DATA_METHODS].includes(spec.method) || summary.control,
  about: DATA_METHODS,
};

/** Methods compared with those that see the gold. */
export const UPPER_BOUNDS: Selection = {
  id: "figure-9-bounds",
  title: "Upper bounds that see the gold (the paper's Figure 9)",
  shows: ({ spec }) => [...COMPARED, ...CHEATS].includes(spec.method),
  about: CHEATS,
};

/** Whether a selection includes every variant of the dataset. */
export function showsAll(context: FigureContext, selection: Selection): boolean {
  return listVariants(context).every(selection.shows);
}
