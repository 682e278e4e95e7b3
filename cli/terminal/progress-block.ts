import { formatMilliseconds } from "../../domain/text/format-milliseconds.js";
import type { StepTiming } from "../../domain/units/trace.js";
import { formatBar, formatColumns } from "./format.js";
import type { SweepView } from "./progress.js";
import { renderFineTunes, renderPace, renderStall, renderUnits } from "./progress.js";

/** The steps that take device time, in order, with their letters in the paper. */
const STEP_LETTERS: readonly { readonly step: StepTiming["step"]; readonly letter: string }[] = [
  { step: "scoreUncertainty", letter: "H" },
  { step: "synthesize", letter: "G" },
  { step: "trainAdapter", letter: "T" },
  { step: "infer", letter: "I" },
];

/**
 * Renders the block that a terminal updates while a sweep runs: one line for the sweep, one per variant, one for
 * latencies, one for errors, two for a stall.
 */
export function renderProgressBlock(sweep: string, view: SweepView): string[] {
  const { counts, progress } = view;
  return [
    [sweep, renderUnits(view), ...renderPace(view)].join(" · "),
    ...formatColumns(
      ["  variant", "role", "done", "", "failed"],
      progress.variants.map(({ variant, role, planned, ended, failed }) => [
        `  ${variant}`,
        role,
        `${ended}/${planned}`,
        formatBar(planned === 0 ? 1 : ended / planned, 10),
        failed === 0 ? "" : String(failed),
      ]),
      [2, 4],
    ),
    ...renderFineTunes(view.fineTunes).map((line) => `  training ${line}`),
    `  ${counts.uncertain} uncertain · ${counts.adapted} adapted · ${counts.failed} failed`,
    ...renderLatencies(view),
    ...renderErrors(view),
    ...renderStall(view),
  ];
}

/** Medians over the newest units. */
function renderLatencies({ progress }: SweepView): string[] {
  const units = progress.ends.map(
    ({ startedAt, finishedAt }) => Date.parse(finishedAt) - Date.parse(startedAt),
  );
  if (units.length === 0) return [];
  const steps = STEP_LETTERS.flatMap(({ step, letter }) => {
    const times = progress.timings
      .filter((timing) => timing.step === step && timing.reusedFrom === undefined)
      .map(({ computeMs }) => computeMs);
    return times.length === 0 ? [] : [`${letter} ${formatMilliseconds(quantile(times, 0.5))}`];
  });
  const whole = `unit ${formatMilliseconds(quantile(units, 0.5))}, 95 % below ${formatMilliseconds(quantile(units, 0.95))}`;
  return [`  medians: ${[...steps, whole].join(" · ")}`];
}

function renderErrors({ progress }: SweepView): string[] {
  if (progress.errors.length === 0) return [];
  return [`  errors: ${progress.errors.map(({ code, count }) => `${code} ${count}`).join(", ")}`];
}

/** The smallest value that at least this share of the values does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
