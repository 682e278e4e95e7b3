import type { PlanSummary } from "../../planning/plan-summary.js";
import { formatColumns, formatDuration } from "./format.js";

/** Renders a plan as text lines. */
export function renderPlan(plan: PlanSummary): string[] {
  const { model, estimate } = plan;
  const states = {
    new: "new",
    same: "already in the store",
    grown: "already in the store, grown",
  } as const;
  return [
    `sweep ${plan.sweep} (${states[plan.state]}), config ${plan.configHash.slice(0, 12)}`,
    ...plan.added.map((line) => `  new: ${line}`),
    `model ${model.directory}, fingerprint ${model.fingerprint.slice(0, 12)}`,
    `prompt ${plan.prompt}, format ${plan.format}`,
    ...plan.datasets.map(
      (dataset) =>
        `data  ${dataset.name}: ${dataset.reported} of ${dataset.records} records reported` +
        (dataset.calibration === 0 ? "" : `, ${dataset.calibration} for calibration`),
    ),
    `seeds ${plan.seeds.join(", ")}`,
    "",
    ...formatColumns(
      ["variant", "role", "units", "done", "failed"],
      plan.variants.map(({ variant, role, total, done, failed }) => [
        variant,
        role,
        String(total),
        String(done),
        String(failed),
      ]),
      [2, 3, 4],
    ),
    "",
    ...formatColumns(
      ["model calls", "at least", "at most"],
      plan.calls.map(({ step, least, most }) => [step, String(least), String(most)]),
      [1, 2],
    ),
    "",
    `${plan.pending} of ${plan.total} units to run`,
    estimate === null
      ? "time: unknown, no comparable sweep has run yet"
      : `time: about ${formatDuration(estimate.seconds)}, based on sweep ${estimate.basedOn}`,
    ...plan.warnings.map((warning) => `warning: ${warning}`),
  ];
}
