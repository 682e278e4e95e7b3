/**
 * Prints the tables of docs/results-smollm2.md from the results in docs/results/smollm2:
 * `npx tsx configs/smollm2/tabulate.ts`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { auroc } from "../../domain/uncertainty/choose-threshold.js";
import { holm } from "../../domain/statistics/statistics.js";
import { repositoryRoot } from "../../infra/repository.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { JudgedRow } from "../../report/statistics/flips.js";
import { pairWithBase } from "../../report/statistics/flips.js";
import { labelVariant } from "../../report/model/variant-roles.js";
import { column } from "../../report/tables/layout.js";
import { renderMarkdownGrid } from "../../report/tables/render-markdown.js";
import { formatP } from "../../report/tables/table.js";
import {
  bootstrapDifference,
  groupBySample,
  headlineP,
} from "../../report/statistics/variant-statistics.js";

interface Row extends JudgedRow {
  readonly variant: string;
  readonly method: VariantSpec["method"];
  readonly outcome: string;
  readonly adapted: boolean;
  readonly verdict: string | null;
  readonly estimator: string | null;
  readonly margin: number | null;
}

const folder = join(repositoryRoot, "docs", "results", "smollm2");

/**
 * Compared with these controls, besides base: one that needs no training, and one that trains on
 * another sample's pair.
 */
const CONTROLS = ["copy-rule", "shuffled"];

const nameIsWrong = ({ verdict }: Row): boolean => verdict?.startsWith("name:") ?? false;

const key = ({ sampleKey, seed }: Row): string => `${seed}/${sampleKey}`;

/** A comparison: flips over all seeds, and p. */
interface Comparison {
  readonly gained: number;
  readonly lost: number;
  readonly p: number;
}

/** Compares rows with another method's, as reports do; only if both have an answer. */
function compare(rows: readonly Row[], others: readonly Row[]): Comparison {
  const flips = pairWithBase("", others, rows);
  const p = headlineP(flips, () => bootstrapDifference(others, rows)?.p ?? null) ?? 1;
  return { gained: flips.gained, lost: flips.lost, p };
}

const seedsOf = (rows: readonly Row[]): number[] =>
  [...new Set(rows.map(({ seed }) => seed))].sort((left, right) => left - right);

const countSamples = (rows: readonly Row[]): number =>
  new Set(rows.map(({ sampleKey }) => sampleKey)).size;

/** Samples that a method answers right with one seed and wrong with another. */
function countUnsteady(rows: readonly Row[]): number {
  return groupBySample(rows).filter(
    (own) => new Set(own.flatMap(({ correct }) => correct ?? [])).size > 1,
  ).length;
}

/**
 * How well each estimator's margin separates wrong base answers, and wrong base names, from right
 * ones.
 */
function describeMargins(rows: readonly Row[], base: ReadonlyMap<string, Row>): string[] {
  const estimators = new Set(rows.flatMap(({ estimator }) => estimator ?? []));
  return [...estimators].flatMap((estimator) => {
    const scored = new Map(
      rows
        .filter((row) => row.estimator === estimator && row.margin !== null)
        .map((row) => [key(row), row.margin ?? 0]),
    );
    const judged = [...scored].flatMap(([unit, margin]) => {
      const row = base.get(unit);
      return row === undefined || row.correct === null ? [] : [{ margin, row }];
    });
    if (judged.length === 0) return [];
    const below = judged.filter(({ margin }) => margin < 0.95).length;
    const area = (wrong: (row: Row) => boolean): string =>
      auroc(judged.map(({ margin, row }) => ({ margin, baseWrong: wrong(row) })))?.toFixed(2) ??
      "-";
    return [
      `Margin of ${estimator}, n = ${judged.length}: ${below} below 0.95; AUC for a wrong answer ` +
        `${area(({ correct }) => correct === false)}, for a wrong name ${area(nameIsWrong)}.`,
    ];
  });
}

function readRows(file: string): Row[] {
  return gunzipSync(readFileSync(join(folder, file)))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { sample, ...row } = JSON.parse(line) as Omit<Row, "sampleKey"> & { sample: string };
      return { ...row, sampleKey: sample };
    });
}

const render = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  renderMarkdownGrid({ columns: heads.map((head) => column(head, "text")), rows });

/** Share of the answered rows that are right, in percent. */
function percentRight(rows: readonly Row[]): string {
  const answered = rows.filter(({ correct }) => correct !== null);
  const right = answered.filter(({ correct }) => correct).length;
  return ((100 * right) / answered.length).toFixed(1);
}

/** The results in the summary, with their titles. */
const SUMMARIZED = {
  "sealtool-all-records": "SealTool, shuffled",
  "sealtool-seeds": "the same, three seeds",
  "sealtool-given": "SealTool, the file's order",
  "bfcl-multiple": "BFCL multiple",
};

/**
 * Every variant of the first result, best first, with its right answers in percent in each result.
 */
function summarize(results: ReadonlyMap<string, readonly Row[]>): string {
  const compared = Object.entries(SUMMARIZED).map(([name, title]) => {
    const rows = results.get(name) ?? [];
    return { title: `${title}, n = ${countSamples(rows)}`, rows };
  });
  const variants = new Map(compared[0]?.rows.map(({ variant, method }) => [variant, method]));
  const lines = [...variants].map(([variant, method]) => [
    labelVariant({ variant, method }),
    ...compared.map(({ rows }) => {
      const own = rows.filter((row) => row.variant === variant);
      return own.length === 0 ? "" : percentRight(own);
    }),
  ]);
  lines.sort(([, left], [, right]) => Number(right) - Number(left));
  return render(["right answers, %", ...compared.map(({ title }) => title)], lines);
}

function tabulate(rows: readonly Row[]): string {
  const names = [...new Set(["base", ...rows.map(({ variant }) => variant)])];
  const of = (name: string): Row[] => rows.filter(({ variant }) => variant === name);
  const base = new Map(of("base").map((row) => [key(row), row]));
  const compared = names.filter((name) => name !== "base");
  const flips = compared.map((name) => compare(of(name), of("base")));
  const adjusted = holm(flips.map(({ p }) => p));
  const controls = CONTROLS.filter((name) => names.includes(name));
  const seeds = seedsOf(rows);
  /** One number per seed. */
  const perSeed = (own: readonly Row[], holds: (row: Row) => boolean): string =>
    seeds.map((seed) => own.filter((row) => row.seed === seed && holds(row)).length).join(", ");
  const lines = names.map((name) => {
    const answered = of(name).filter(({ correct }) => correct !== null);
    const at = compared.indexOf(name);
    const { gained = 0, lost = 0, p = 1 } = flips[at] ?? {};
    const against = controls.map((control) => {
      if (name === control || name === "base") return "";
      const other = compare(of(name), of(control));
      return `+${other.gained}/-${other.lost}, ${formatP(other.p)}`;
    });
    const { method = "base" } = of(name)[0] ?? {};
    return [
      labelVariant({ variant: name, method }),
      `${perSeed(answered, ({ correct }) => correct === true)} of ${countSamples(answered)}`,
      percentRight(answered),
      ...(seeds.length > 1 ? [String(countUnsteady(answered))] : []),
      perSeed(of(name), ({ adapted }) => adapted),
      perSeed(of(name), nameIsWrong),
      at < 0 ? "" : `+${gained}/-${lost}`,
      at < 0 ? "" : formatP(p),
      at < 0 ? "" : formatP(adjusted[at] ?? 1),
      ...against,
    ];
  });
  const head = [
    ...["variant", "right", "%", ...(seeds.length > 1 ? ["unsteady"] : [])],
    ...["adapted", "wrong names", "against base", "p", "Holm p"],
    ...controls.map((name) => `against ${name}, p`),
  ];
  return [
    render(head, lines),
    "",
    // Margins do not depend on the seed.
    ...describeMargins(
      rows.filter(({ seed }) => seed === seeds[0]),
      base,
    ),
  ].join("\n");
}

const results = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl.gz"))
    .map((file) => [file.replace(".jsonl.gz", ""), readRows(file)]),
);
console.log(`## summary\n\n${summarize(results)}\n`);
for (const [name, rows] of results) console.log(`## ${name}\n\n${tabulate(rows)}\n`);
