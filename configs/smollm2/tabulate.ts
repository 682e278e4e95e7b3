/**
 * Prints the tables of docs/results-smollm2.md from the results in docs/results/smollm2:
 * `npx tsx configs/smollm2/tabulate.ts`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { exactMcNemar, holm } from "../../domain/statistics.js";
import { repositoryRoot } from "../../infra/repository.js";

interface Row {
  readonly sample: string;
  readonly variant: string;
  readonly seed: number;
  readonly outcome: string;
  readonly correct: boolean | null;
  readonly adapted: boolean;
}

const folder = join(repositoryRoot, "docs", "results", "smollm2");

/** Against these, besides base: what needs no training, and what a pair of another sample does. */
const CONTROLS = ["copy-rule", "shuffled"];

const key = ({ sample, seed }: Row): string => `${seed}/${sample}`;

/** Samples that only the variant, and only the other, has right; both must have an answer. */
function countFlips(rows: readonly Row[], others: ReadonlyMap<string, Row>): [number, number] {
  let gained = 0;
  let lost = 0;
  for (const row of rows) {
    const other = others.get(key(row));
    if (!other || row.correct === null || other.correct === null) continue;
    if (row.correct && !other.correct) gained += 1;
    if (!row.correct && other.correct) lost += 1;
  }
  return [gained, lost];
}

const formatP = (p: number): string => (p >= 0.001 ? p.toFixed(3) : p.toExponential(0));

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
  const flips = new Map(compared.map((name) => [name, countFlips(of(name), base)]));
  const raw = compared.map((name) => exactMcNemar(...(flips.get(name) ?? [0, 0])));
  const adjusted = holm(raw);
  const controls = CONTROLS.filter((name) => names.includes(name));
  const lines = names.map((name) => {
    const answered = of(name).filter(({ correct }) => correct !== null);
    const right = answered.filter(({ correct }) => correct).length;
    const at = compared.indexOf(name);
    const [gained, lost] = flips.get(name) ?? [0, 0];
    const against = controls.map((control) => {
      if (name === control || name === "base") return "";
      const [more, fewer] = countFlips(of(name), known(control));
      return `+${more}/-${fewer}, ${formatP(exactMcNemar(more, fewer))}`;
    });
    return [
      name,
      `${right} of ${answered.length}`,
      ((100 * right) / answered.length).toFixed(1),
      String(of(name).filter(({ adapted }) => adapted).length),
      at < 0 ? "" : `+${gained}/-${lost}`,
      at < 0 ? "" : formatP(raw[at] ?? 1),
      at < 0 ? "" : formatP(adjusted[at] ?? 1),
      ...against,
    ];
  });
  const head = [
    ...["variant", "right", "%", "adapted", "against base", "p", "Holm p"],
    ...controls.map((name) => `against ${name}, p`),
  ];
  const rowOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [rowOf(head), rowOf(head.map(() => "---")), ...lines.map(rowOf)].join("\n");
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"))) {
  console.log(`## ${file.replace(".jsonl.gz", "")}\n\n${tabulate(file)}\n`);
}
