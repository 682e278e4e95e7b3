import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));
const folder = "docs/results/quickstart";

interface ResultRecord {
  readonly sample: string;
  readonly variant: string;
  readonly correct: boolean;
}

const records = gunzipSync(read(`${folder}/results.jsonl.gz`))
  .toString("utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as ResultRecord);

/** Rows of a Markdown table, by the variant in their second column. */
function readTable(text: string): Map<string, string[]> {
  const rows = text.split("\n").filter((line) => line.startsWith("| lookalike |"));
  return new Map(
    rows.map((row) => {
      const cells = row.split("|").map((cell) => cell.trim());
      return [(cells[2] ?? "").replace(/ \(.*\)$/, ""), cells.slice(3, -1)];
    }),
  );
}

function answersOf(variant: string): Map<string, boolean> {
  const own = records.filter((record) => record.variant === variant);
  return new Map(own.map(({ sample, correct }) => [sample, correct]));
}

it("the committed results give the committed tables", () => {
  const answers = readTable(read(`${folder}/tables/answers.md`).toString("utf8"));
  const flips = readTable(read(`${folder}/tables/against-base.md`).toString("utf8"));
  expect([...answers.keys()]).toEqual(["base", "tt-si-auto", "tt-si", "tt-si-all", "argmax-name"]);
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
  const table = read(`${folder}/tables/against-base.md`).toString("utf8").split("\n\n")[1] ?? "";
  expect(table).toContain("| lookalike | tt-si-all | base |");
  expect(readme).toContain(table);
  expect(readme).toContain(`(${folder}/figures/accuracy.svg)`);
});
