import { oneLine } from "../../domain/text/one-line.js";
import type { Printable, Span } from "../../domain/text/span.js";
import type { ResultRow } from "../../store/store.js";
import { formatCell, formatP } from "../tables/table.js";
import { renderFittingTable } from "../text/text-table.js";
import { wrapText } from "../text/wrap-text.js";
import type { Flip, SweepComparison, VariantComparison } from "./compare-sweeps.js";
import type { ValueDifference } from "./list-differences.js";
import { shortenText } from "../../domain/text/cut-text.js";
import { describeAnswer } from "../text/describe-answer.js";
import { paintVerdict } from "../text/describe-verdict.js";

/** Display options of a comparison. */
export interface ComparisonView {
  /** Maximum number of flips, unmatched units and differences listed, each. */
  readonly limit: number;
  /** Columns of the terminal; null or absent: not limited. */
  readonly width?: number | null;
  /** The request of a unit's sample. */
  query(row: ResultRow): string;
}

const NOTES = [
  "n: pairs answered on both sides; +: wrong before, right after; -: the reverse.",
  "difference in points with its 95 % interval: paired bootstrap over samples; p: exact McNemar per seed, two-sided.",
  "other calls: answers that differ in any way.",
];

/** A comparison as lines: figures, flips with query and answers, unmatched units, and what differs. */
export function renderComparison(comparison: SweepComparison, view: ComparisonView): Printable[] {
  const { width = null } = view;
  const { before, after } = comparison;
  const lines: Printable[] = [
    `${before} -> ${after}, units aligned by the content of their sample and by seed`,
    "",
    ...renderFigures(comparison.variants, width),
    "",
    ...NOTES.flatMap((note) => wrapText(note, width)),
  ];
  for (const variant of comparison.variants) lines.push(...renderVariant(variant, view));
  lines.push(
    ...renderNames(`variants of ${before} alone`, comparison.variantsOnlyBefore),
    ...renderNames(`variants of ${after} alone`, comparison.variantsOnlyAfter),
    ...renderDifferences("config", comparison.config, view),
    ...renderDifferences("provenance", comparison.provenance, view),
  );
  return lines;
}

function renderFigures(variants: readonly VariantComparison[], width: number | null): string[] {
  return renderFittingTable(
    ["variant", "n", "before %", "after %", "difference", "95 %", "+", "-", "p", "other calls"],
    variants.map((row) => [
      nameOf(row),
      String(row.n),
      formatCell(row.rightBefore, "percent"),
      formatCell(row.rightAfter, "percent"),
      formatCell((row.rightAfter ?? Number.NaN) - (row.rightBefore ?? Number.NaN), "points"),
      row.bootstrap === null
        ? "--"
        : `${formatCell(row.bootstrap.low, "points")}..${formatCell(row.bootstrap.high, "points")}`,
      String(row.flips.filter((flip) => flip.direction === "gained").length),
      String(row.flips.filter((flip) => flip.direction === "lost").length),
      row.mcnemar.map(({ p }) => formatP(p)).join(" ") || "--",
      String(row.otherCalls),
    ]),
    width,
  );
}

function renderVariant(variant: VariantComparison, view: ComparisonView): Printable[] {
  const { flips, onlyBefore, onlyAfter } = variant;
  const lines: Printable[] = [];
  if (flips.length > 0) {
    lines.push("", `flips of ${nameOf(variant)}: ${flips.length}`);
    for (const flip of flips.slice(0, view.limit)) lines.push(...renderFlip(flip, view));
    lines.push(...renderRest(flips.length, view.limit));
    lines.push(
      `  one of them in full: npx whetstone show ${flips[0]?.after.sweep ?? "SWEEP"} SAMPLE`,
    );
  }
  const unmatched = [
    ...onlyBefore.map((key) => `  before only  ${key}`),
    ...onlyAfter.map((key) => `  after only   ${key}`),
  ];
  if (unmatched.length > 0) {
    lines.push("", `units of ${nameOf(variant)} without a partner: ${unmatched.length}`);
    lines.push(...unmatched.slice(0, view.limit), ...renderRest(unmatched.length, view.limit));
  }
  if (variant.failed > 0) {
    lines.push(
      "",
      `pairs of ${nameOf(variant)} left out because one side failed: ${variant.failed}`,
    );
  }
  return lines;
}

function renderFlip({ direction, before, after }: Flip, view: ComparisonView): Printable[] {
  const sign = direction === "gained" ? "+" : "-";
  const head = `  ${sign} ${after.dataset}/${after.sampleKey} seed ${after.seed}  `;
  const query = shortenText(oneLine(view.query(after)), roomFor(view, head.length, 100));
  return [`${head}${query}`, renderSide("before", before, view), renderSide("after ", after, view)];
}

/** The verdict, then the answer. */
function renderSide(side: string, row: ResultRow, view: ComparisonView): Span[] {
  const verdict = paintVerdict(row);
  const room = roomFor(view, 6 + side.length + 1 + verdict.text.length + 2, 120);
  return [
    { text: `      ${side} ` },
    verdict,
    { text: `: ${shortenText(oneLine(describeAnswer(row)), room)}` },
  ];
}

/** Characters left on a line after `used`, at most `most`, and enough to recognize a text. */
function roomFor({ width = null }: ComparisonView, used: number, most: number): number {
  return width === null ? most : Math.max(20, Math.min(most, width - used));
}

function renderNames(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : ["", `${title}: ${names.join(", ")}`];
}

function renderDifferences(
  title: string,
  differences: readonly ValueDifference[],
  { limit }: ComparisonView,
): string[] {
  if (differences.length === 0) return ["", `${title}: the same`];
  return [
    "",
    `${title}: ${differences.length} differences`,
    ...sortByWeight(differences)
      .slice(0, limit)
      .map(({ path, before, after }) => `  ${path}: ${show(before)} -> ${show(after)}`),
    ...renderRest(differences.length, limit),
  ];
}

/** What changes results most, first; what says only where and when a sweep ran, last. */
const WEIGHTS: readonly RegExp[] = [
  /^(model|dtype|engine)\b/,
  /^(prompt|format|nameClosing|candidateOrder|refusals)\b/,
  /^(datasets?|split)\b/,
  /^(tau|estimator|inference|synthesis|training|sampler)\b/,
  /^(variants|seeds)\b/,
];

/** Paths that never change a result. */
const PLACES = /^(sweep|run|machine|host|commandLine|configPath|git)\b/;

function sortByWeight(differences: readonly ValueDifference[]): ValueDifference[] {
  const weight = ({ path }: ValueDifference): number => {
    const found = WEIGHTS.findIndex((pattern) => pattern.test(path));
    return found >= 0 ? found : PLACES.test(path) ? WEIGHTS.length + 1 : WEIGHTS.length;
  };
  return [...differences].sort((left, right) => weight(left) - weight(right));
}

function renderRest(count: number, limit: number): string[] {
  return count <= limit ? [] : [`  and ${count - limit} more: --limit ${count}, or --json`];
}

function show(value: unknown): string {
  if (value === undefined) return "(none)";
  const text = JSON.stringify(value);
  return shortenText(text, 60);
}

function nameOf({ before, after }: VariantComparison): string {
  return before === after ? before : `${before} -> ${after}`;
}
