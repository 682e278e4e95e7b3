/**
 * Prints the tables of docs/results-smollm2.md from the results in docs/results/smollm2:
 * `npx tsx configs/smollm2/tabulate.ts`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { auroc } from "../../domain/choose-threshold.js";
import type { Flips } from "../../domain/statistics.js";
import { countFlips, exactMcNemar, holm } from "../../domain/statistics.js";
import { repositoryRoot } from "../../infra/repository.js";
import type { VariantSpec } from "../../domain/variant.js";
import { labelVariant } from "../../report/variant-roles.js";
import { formatP } from "../../report/tables/table.js";

interface Row {
  readonly sample: string;
  readonly variant: string;
  readonly method: VariantSpec["method"];
  readonly seed: number;
  readonly outcome: string;
  readonly correct: boolean | null;
  readonly adapted: boolean;
  readonly verdict: string | null;
  readonly estimator: string | null;
  readonly margin: number | null;
}

const folder = join(repositoryRoot, "docs", "results", "smollm2");

/** Against these, besides base: what needs no training, and what a pair of another sample does. */
const CONTROLS = ["copy-rule", "shuffled"];

const nameIsWrong = ({ verdict }: Row): boolean => verdict?.startsWith("name:") ?? false;

const key = ({ sample, seed }: Row): string => `${seed}/${sample}`;

/** How the rows differ from the other method's; both must have an answer. */
function compare(rows: readonly Row[], others: ReadonlyMap<string, Row>): Flips {
  return countFlips(
    rows.flatMap((row) => {
      const base = others.get(key(row))?.correct ?? null;
      return base === null || row.correct === null ? [] : [{ base, variant: row.correct }];
    }),
  );
}

/** How well each estimator's margin tells wrong base answers, and wrong base names, from the others. */
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

function tabulate(file: string): string {
  const rows = gunzipSync(readFileSync(join(folder, file)))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
  const names = [...new Set(["base", ...rows.map(({ variant }) => variant)])];
  const of = (name: string): Row[] => rows.filter(({ variant }) => variant === name);
  const known = (name: string): Map<string, Row> => new Map(of(name).map((row) => [key(row), row]));
  const base = known("base");
  const compared = names.filter((name) => name !== "base");
  const flips = compared.map((name) => compare(of(name), base));
  const raw = flips.map(({ gained, lost }) => exactMcNemar(gained, lost));
  const adjusted = holm(raw);
  const controls = CONTROLS.filter((name) => names.includes(name));
  const lines = names.map((name) => {
    const answered = of(name).filter(({ correct }) => correct !== null);
    const right = answered.filter(({ correct }) => correct).length;
    const at = compared.indexOf(name);
    const { gained = 0, lost = 0 } = flips[at] ?? {};
    const against = controls.map((control) => {
      if (name === control || name === "base") return "";
      const other = compare(of(name), known(control));
      return `+${other.gained}/-${other.lost}, ${formatP(exactMcNemar(other.gained, other.lost))}`;
    });
    const { method = "base" } = of(name)[0] ?? {};
    return [
      labelVariant({ variant: name, method }),
      `${right} of ${answered.length}`,
      ((100 * right) / answered.length).toFixed(1),
      String(of(name).filter(({ adapted }) => adapted).length),
      String(of(name).filter(nameIsWrong).length),
      at < 0 ? "" : `+${gained}/-${lost}`,
      at < 0 ? "" : formatP(raw[at] ?? 1),
      at < 0 ? "" : formatP(adjusted[at] ?? 1),
      ...against,
    ];
  });
  const head = [
    ...["variant", "right", "%", "adapted", "wrong names", "against base", "p", "Holm p"],
    ...controls.map((name) => `against ${name}, p`),
  ];
  const rowOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    ...[rowOf(head), rowOf(head.map(() => "---")), ...lines.map(rowOf)],
    "",
    ...describeMargins(rows, base),
  ].join("\n");
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"))) {
  console.log(`## ${file.replace(".jsonl.gz", "")}\n\n${tabulate(file)}\n`);
}
