import { isSelective } from "../../domain/methods/methods.js";
import { describeTau } from "../model/describe-tau.js";
import type { Flips } from "../statistics/flips.js";
import { formatNumber } from "../page/format.js";
import type { Accuracy, SweepSummary, VariantSummary } from "../model/summarise-sweep.js";
import { STEPS } from "../statistics/step-seconds.js";
import type { TeacherCost } from "../statistics/teacher-cost.js";
import { labelVariant } from "../model/variant-roles.js";
import { NOT_APPLICABLE, renderFittingTable } from "./text-table.js";
import { wrapText } from "./wrap-text.js";

/** Letters of the method's steps, for column heads. */
const STEP_HEADS: Record<(typeof STEPS)[number], string> = {
  scoreUncertainty: "H score",
  gatherExamples: "examples",
  groundAnswer: "G ground",
  synthesize: "G synthesize",
  measureHeldBack: "T held back",
  trainAdapter: "T train",
  infer: "I infer",
  resetAdapter: "reset",
};

/** Steps that only some methods have; their columns are omitted if no variant runs them. */
const OPTIONAL_STEPS: ReadonlySet<string> = new Set([
  "gatherExamples",
  "groundAnswer",
  "measureHeldBack",
]);

/**
 * A sweep's figures as plain text for a terminal: the results of each dataset, then per dataset its controls and
 * seconds per step, then an explanation of the columns. `width`: columns of the terminal, if it is one; wider tables
 * are cut between columns. The same summary and width always give the same text.
 */
export function renderSummaryTable(summary: SweepSummary, width: number | null = null): string {
  const seeds = summary.seeds.length === 1 ? "1 seed" : `${summary.seeds.length} seeds`;
  const lines = [
    `sweep ${summary.sweep} (${summary.status}): ${summary.answered} of ${summary.planned} units answered, ${summary.failed} failed; ${seeds}; model ${summary.model}; config ${summary.configHash.slice(0, 12)}`,
    ...summary.warnings.map((warning) => `warning: ${warning}`),
  ];
  const wrap = (each: readonly string[]) => each.flatMap((line) => wrapText(line, width));
  const tables = [
    ...summary.datasets.flatMap(({ dataset, variants }) =>
      titled(`answers on ${dataset}`, renderAnswers(variants, width)),
    ),
    ...summary.datasets.flatMap(({ dataset, variants }) => [
      ...titled(`several answers per unit on ${dataset}`, renderModes(variants, width)),
      ...titled(`against the controls on ${dataset}`, renderControls(variants, width)),
      ...titled(`units and seconds per step on ${dataset}`, renderSteps(variants, width)),
    ]),
  ];
  return [...wrap(lines), ...tables, "", ...wrap(renderNotes(summary))].join("\n");
}

function titled(title: string, table: readonly string[]): string[] {
  return table.length === 0 ? [] : ["", title, ...table];
}

/** Maximum line width that needs no wrapping on a typical terminal. */
const WIDTH = 120;

/** One column: its head and its cells. */
type SummaryColumn = readonly [head: string, cell: (row: VariantSummary) => string];

const INTERVAL: SummaryColumn = [
  "95 %",
  ({ statistics: { interval } }) =>
    interval === null
      ? NOT_APPLICABLE
      : `${formatPercent(interval.low)}..${formatPercent(interval.high)}`,
];

const UNCERTAIN: SummaryColumn = ["uncertain %", (row) => formatPercent(row.uncertainShare)];

/** Shown only if some answer could not be read. */
const UNREADABLE: readonly SummaryColumn[] = [
  ["unreadable", (row) => String(row.unparsable)],
  ["broken", (row) => (row.broken === null ? NOT_APPLICABLE : String(row.broken))],
];

const ANSWER_COLUMNS: readonly SummaryColumn[] = [
  ["variant", labelVariant],
  ["tau", (row) => describeTau(row) ?? NOT_APPLICABLE],
  ["n", (row) => (row.provisionalOf === null ? String(row.n) : `${row.n} of ${row.provisionalOf}`)],
  ["soft %", (row) => formatAccuracy(row.soft)],
  INTERVAL,
  ["strict %", (row) => formatAccuracy(row.strict)],
  ["+", (row) => (row.flips === null ? NOT_APPLICABLE : String(row.flips.gained))],
  ["-", (row) => (row.flips === null ? NOT_APPLICABLE : String(row.flips.lost))],
  ["p", (row) => formatP(row.flips)],
  ...UNREADABLE,
  ["adapted %", (row) => formatPercent(row.adaptedShare)],
  UNCERTAIN,
];

/**
 * If lines are too long, the flagged share is dropped first (`report --out` has it), then the
 * interval.
 */
function renderAnswers(variants: readonly VariantSummary[], width: number | null): string[] {
  const render = (columns: readonly SummaryColumn[]) =>
    renderFittingTable(
      columns.map(([head]) => head),
      variants.map((row) => columns.map(([, cell]) => cell(row))),
      width,
    );
  // A table that was cut has more lines.
  const fits = (lines: readonly string[]) =>
    lines.length === variants.length + 2 && lines.every((line) => line.length <= WIDTH);
  const readable = variants.every(({ unparsable }) => unparsable === 0);
  const all = ANSWER_COLUMNS.filter((column) => !readable || !UNREADABLE.includes(column));
  const without = (...left: SummaryColumn[]) => all.filter((column) => !left.includes(column));
  const shorter = [all, without(UNCERTAIN)].map(render).find(fits);
  return shorter ?? render(without(INTERVAL));
}

/** Each method beside each control; empty if the sweep has no control. */
function renderControls(variants: readonly VariantSummary[], width: number | null): string[] {
  const rows = variants.flatMap((row) =>
    row.statistics.against.map(({ control, gained, lost, p }) => [
      row.variant,
      control,
      formatAccuracy(row.soft),
      formatAccuracy(
        variants.find((other) => other.variant === control)?.soft ?? {
          mean: null,
          deviation: null,
        },
      ),
      String(gained),
      String(lost),
      formatProbability(p),
    ]),
  );
  if (rows.length === 0) return [];
  const heads = ["variant", "control", "soft %", "control's %", "+", "-", "p"];
  return renderFittingTable(heads, rows, width);
}

/** Single answer, majority and pass@k; empty if each unit has one answer. */
function renderModes(variants: readonly VariantSummary[], width: number | null): string[] {
  const rows = variants.flatMap(({ modes, ...row }) =>
    modes === null
      ? []
      : [
          [
            labelVariant(row),
            String(modes.k),
            formatAccuracy(modes.single),
            formatAccuracy(modes.majority),
            formatAccuracy(modes.passAtK),
          ],
        ],
  );
  if (rows.length === 0) return [];
  return renderFittingTable(["variant", "k", "single %", "majority %", "pass@k %"], rows, width);
}

function renderSteps(variants: readonly VariantSummary[], width: number | null): string[] {
  const taken = (step: (typeof STEPS)[number]): boolean =>
    variants.some((row) => row.steps.some((each) => each.step === step));
  const steps = STEPS.filter((step) => !OPTIONAL_STEPS.has(step) || taken(step));
  return renderFittingTable(
    ["variant", "failed", "unparsable", "exhausted", ...steps.map((step) => STEP_HEADS[step])],
    variants.map((row) => [
      labelVariant(row),
      String(row.failed),
      String(row.unparsable),
      isSelective(row.method) ? String(row.exhausted) : NOT_APPLICABLE,
      ...steps.map((step) => {
        const seconds = row.steps.find((each) => each.step === step);
        if (seconds === undefined) return NOT_APPLICABLE;
        if (seconds.computed === 0) return "reused";
        return `${seconds.mean.toFixed(3)} + ${seconds.queueMean.toFixed(3)}`;
      }),
    ]),
    width,
  );
}

function renderNotes(summary: SweepSummary): string[] {
  const variants = summary.datasets.flatMap((dataset) => dataset.variants);
  const notes = [
    "soft %, strict %: right answers of n; unparsable answers are wrong, failed units are excluded.",
  ];
  notes.push(
    "seconds: mean compute + mean wait of the units that computed the step; exhausted: synthesis exhausted its attempts, so base answered.",
  );
  notes.push(
    "95 %: interval of soft %, resampling whole samples; `report --out DIR` has it for every row and for the differences.",
  );
  if (variants.some((row) => row.provisionalOf !== null)) {
    notes.push(
      "provisional: not all units have ended, so variants answered different samples; compare them by + and -, which count samples that both have answered.",
    );
  }
  if (summary.calibration > 0 && summary.thresholds.length === 0) {
    notes.push(`${summary.calibration} more units choose tau; they are not reported.`);
  }
  if (summary.seeds.length > 1) {
    notes.push("Accuracies are means over seeds, +- the sample standard deviation over seeds.");
  }
  if (variants.some((row) => row.flips !== null)) {
    const scope = summary.seeds.length > 1 ? " over all seeds; p" : "; p";
    notes.push(
      `+, -: samples gained and lost against base${scope}: exact McNemar, two-sided${summary.seeds.length > 1 ? ", least to largest of the seeds" : ""}.`,
    );
  }
  if (variants.some((row) => row.unparsable > 0)) {
    notes.push(
      "unreadable: answers that could not be read; broken: unreadable after adaptation, readable from base.",
    );
  }
  if (variants.some((row) => row.control)) {
    notes.push(
      "control: a gain over base that a control shares is not due to what the control leaves out; p against it is exact McNemar for one seed, the paired bootstrap over samples for several.",
    );
  }
  for (const { dataset, variants: own } of summary.datasets) {
    for (const row of own) {
      if (row.teacher !== null) notes.push(describeTeacher(dataset, row, row.teacher));
    }
  }
  for (const { variant, seed, tau, details } of summary.thresholds) {
    const records =
      typeof details["count"] === "number" ? ` on ${details["count"]} calibration records` : "";
    const row = variants.find((each) => each.variant === variant);
    notes.push(
      `tau of ${row ? labelVariant(row) : variant}, seed ${seed}: ${formatNumber(tau)} by Youden's J${records}, none of which is reported here.`,
    );
  }
  const single = Math.max(0, ...variants.map((row) => row.singleCandidate));
  if (single > 0)
    notes.push(
      `Answers to samples with one candidate, certain by definition: ${single} per variant.`,
    );
  return notes;
}

function describeTeacher(dataset: string, row: VariantSummary, teacher: TeacherCost): string {
  const { requests, promptTokens, completionTokens, costUsd, reusedRequests } = teacher;
  const cost = costUsd === null ? "price unknown" : `${costUsd.toFixed(4)} USD`;
  const reused = reusedRequests === 0 ? "" : `; ${reusedRequests} more reused`;
  return `teacher of ${row.variant} on ${dataset}: ${requests} requests, ${promptTokens} + ${completionTokens} tokens, ${cost}${reused}.`;
}

function formatAccuracy(accuracy: Accuracy): string {
  if (accuracy.mean === null) return NOT_APPLICABLE;
  const deviation =
    accuracy.deviation === null ? "" : ` +- ${(100 * accuracy.deviation).toFixed(1)}`;
  return `${formatPercent(accuracy.mean)}${deviation}`;
}

function formatPercent(value: number | null): string {
  return value === null ? NOT_APPLICABLE : (100 * value).toFixed(1);
}

function formatP(flips: Flips | null): string {
  const values = (flips?.bySeed ?? []).map((seed) => seed.p).sort((a, b) => a - b);
  const [least, most] = [values[0], values.at(-1)];
  if (least === undefined || most === undefined) return NOT_APPLICABLE;
  return values.length === 1
    ? formatProbability(least)
    : `${formatProbability(least)}..${formatProbability(most)}`;
}

function formatProbability(p: number): string {
  if (p >= 0.0005) return p.toFixed(3);
  return p === 0 ? "0" : p.toExponential(0);
}

/** At most four significant digits, without trailing zeros. */
