import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));

const runs = [
  {
    folder: "docs/results/quickstart",
    data: "lookalike",
    variants: ["base", "tt-si-auto", "tt-si", "tt-si-all", "argmax-name"],
  },
  {
    folder: "docs/results/quickstart-real",
    data: "everyday",
    variants: ["base", "tt-si", "argmax-name", "copy-rule"],
  },
];

interface ResultRecord {
  readonly sample: string;
  readonly variant: string;
  readonly correct: boolean;
}

function readRecords(folder: string): ResultRecord[] {
  return gunzipSync(read(`${folder}/results.jsonl.gz`))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ResultRecord);
}

/** Rows of a Markdown table about this data set, by the variant in their second column. */
function readTable(text: string, data: string): Map<string, string[]> {
  const rows = text.split("\n").filter((line) => line.startsWith(`| ${data} |`));
  return new Map(
    rows.map((row) => {
      const cells = row.split("|").map((cell) => cell.trim());
      return [(cells[2] ?? "").replace(/ \(.*\)$/, ""), cells.slice(3, -1)];
    }),
  );
}

it.each(runs)("$folder: the committed results give the committed tables", (run) => {
  const records = readRecords(run.folder);
  const answersOf = (variant: string): Map<string, boolean> => {
    const own = records.filter((record) => record.variant === variant);
    return new Map(own.map(({ sample, correct }) => [sample, correct]));
  };
  const readRows = (table: string) =>
    readTable(read(`${run.folder}/tables/${table}.md`).toString("utf8"), run.data);
  const answers = readRows("answers");
  const flips = readRows("against-base");
  expect([...answers.keys()]).toEqual(run.variants);
  const base = answersOf("base");
  for (const [variant, cells] of answers) {
    const own = answersOf(variant);
    const right = [...own.values()].filter(Boolean).length;
    expect(cells.slice(1, 3), variant).toEqual([
      String(own.size),
      ((100 * right) / own.size).toFixed(2),
    ]);
    if (variant === "base") continue;
    const count = (before: boolean, after: boolean) =>
      [...own].filter(([key, correct]) => base.get(key) === before && correct === after).length;
    expect(flips.get(variant)?.slice(2, 4), variant).toEqual([
      String(count(false, true)),
      String(count(true, false)),
    ]);
  }
});

it("the README shows the committed table and picture", () => {
  const readme = read("README.md").toString("utf8");
  const table =
    read("docs/results/quickstart/tables/against-base.md").toString("utf8").split("\n\n")[1] ?? "";
  expect(table).toContain("| lookalike | tt-si-all | base |");
  expect(readme).toContain(table);
  expect(readme).toContain("(docs/results/quickstart/figures/accuracy.svg)");
});

it("the README's table of the real model has the committed figures", () => {
  const folder = "docs/results/quickstart-real";
  const section =
    read("README.md").toString("utf8").split("### On a real model")[1]?.split("## ")[0] ?? "";
  const rows = readTable(read(`${folder}/tables/answers.md`).toString("utf8"), "everyday");
  expect(rows.size).toBe(4);
  for (const [variant, [, count, soft]] of rows) {
    const line = section.split("\n").find((each) => each.startsWith(`${variant} `)) ?? "";
    expect(
      line
        .replace(/ \(control\)/, "")
        .split(/ {2,}/)
        .slice(2, 4),
    ).toEqual([count, Number(soft).toFixed(1)]);
  }
});
