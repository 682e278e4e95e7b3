import { renderTextTable } from "../text-table.js";
import type { StepSeconds } from "../step-seconds.js";
import type { SweepSummary, VariantSummary } from "../summarise-sweep.js";
import type { PaperValue } from "./reference.js";
import { paperReference } from "./reference.js";

/** Nothing of ours to put beside it. */
const NONE = "-";

const STEPS: Readonly<Record<string, StepSeconds["step"]>> = {
  H: "scoreUncertainty",
  G: "synthesize",
  T: "trainAdapter",
  I: "infer",
};

/**
 * A sweep's figures beside the paper's for the same experiment, as text; each value of the paper is marked "paper".
 * Null where the sweep reproduces no experiment. Values are means over seeds, percent unless a unit stands there.
 */
export function renderPaperComparison(
  experiment: string | null | undefined,
  summary: SweepSummary,
): string | null {
  const reference = paperReference(experiment);
  if (reference === null) return null;
  const rows = reference.values.map((value) => {
    const ours = findOurs(value, summary);
    const unit = value.unit === "%" ? "" : ` ${value.unit}`;
    return [
      value.dataset,
      value.variant,
      value.measure,
      ours === null ? NONE : `${ours.toFixed(value.unit === "samples" ? 0 : 2)}${unit}`,
      `${value.value.toFixed(value.unit === "samples" ? 0 : 2)}${unit} (paper)`,
    ];
  });
  const heads = ["data set", "variant", "measure", `ours, ${summary.model}`, "the paper's"];
  return [
    `Beside the paper. ${reference.title}.`,
    ...(rows.length === 0 ? [] : renderTextTable(heads, rows)),
    ...reference.notes.map((note) => `paper: ${note}`),
  ].join("\n");
}

function findOurs(value: PaperValue, summary: SweepSummary): number | null {
  if (value.dataset === "average") return averageOurs(value, summary);
  const variant = summary.datasets
    .find(({ dataset }) => dataset === value.dataset)
    ?.variants.find((each) => each.variant === value.variant);
  return variant === undefined ? null : measure(value, variant, summary);
}

/** Mean over the paper's data sets; none unless every one of them is there. */
function averageOurs(value: PaperValue, summary: SweepSummary): number | null {
  const reference = paperReference("table-1")?.values ?? [];
  const names = new Set(reference.map(({ dataset }) => dataset));
  names.delete("average");
  const values = [...names].map((dataset) => findOurs({ ...value, dataset }, summary));
  if (values.some((each) => each === null)) return null;
  return values.reduce<number>((sum, each) => sum + (each ?? 0), 0) / values.length;
}

function measure(value: PaperValue, row: VariantSummary, summary: SweepSummary): number | null {
  const percent = (share: number | null | undefined): number | null =>
    share == null ? null : 100 * share;
  if (value.measure.startsWith("single")) return percent((row.modes?.single ?? row.soft).mean);
  if (value.measure === "majority") return percent(row.modes?.majority.mean);
  if (value.measure === "pass@5")
    return row.modes?.k === 5 ? percent(row.modes.passAtK.mean) : null;
  if (value.measure === "adapted") {
    const samples = row.n / Math.max(1, summary.seeds.length);
    return row.adaptedShare === null ? null : row.adaptedShare * samples;
  }
  const step = STEPS[value.measure];
  const seconds = row.steps.find((each) => each.step === step);
  return seconds === undefined || seconds.computed === 0 ? null : seconds.mean;
}
