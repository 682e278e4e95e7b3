import { describe, expect, it } from "vitest";
import { buildTables } from "../../../../report/tables/build-tables.js";
import { renderCsv, renderCsvCell } from "../../../../report/tables/render-csv.js";
import { escapeLatex, renderLatex } from "../../../../report/tables/render-latex.js";
import { escapeMarkdown, renderMarkdown } from "../../../../report/tables/render-markdown.js";
import { renderSummaryTable } from "../../../../report/text/summary-table.js";
import {
  renderDenominators,
  renderModes,
  renderSteps,
} from "../../../../report/page/render-side-tables.js";
import { makeReportData, makeReportSweep } from "../fixtures.js";
import { summariseRows } from "../with-texts.js";

const one = buildTables(makeReportData(makeReportSweep()));
const two = buildTables(
  makeReportData(makeReportSweep({ seeds: 2 }), makeReportSweep({ name: "other" })),
);

describe("tables of a report", () => {
  it("as Markdown", async () => {
    await expect(one.map(renderMarkdown).join("\n")).toMatchFileSnapshot("golden/one-seed.md.txt");
    await expect(two.map(renderMarkdown).join("\n")).toMatchFileSnapshot("golden/sweeps.md.txt");
  });

  it("as LaTeX", async () => {
    await expect(one.map(renderLatex).join("\n")).toMatchFileSnapshot("golden/one-seed.tex.txt");
  });

  it("as CSV", async () => {
    await expect(one.map(renderCsv).join("\n")).toMatchFileSnapshot("golden/one-seed.csv.txt");
  });

  it("have as many cells as columns, and unique file names", () => {
    for (const { columns, rows } of [...one, ...two]) {
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
    expect(new Set(one.map(({ id }) => id)).size).toBe(one.length);
  });
});

describe("cheats", () => {
  /** The sweep with tt-si as an upper bound that sees the gold, and with a chosen threshold. */
  function makeCheatSweep() {
    const made = makeReportSweep();
    const variants = made.record.config.variants.map((variant) =>
      variant.name === "tt-si"
        ? { ...variant, method: "cheat-ttt" as const, tau: "auto" as const }
        : variant,
    );
    const record = { ...made.record, config: { ...made.record.config, variants } };
    const thresholds = [{ sweep: "trial", variant: "tt-si", seed: 0, tau: 0.5, details: {} }];
    const { units: rows, samples } = made;
    const loaded = { record, rows, thresholds, planned: rows.length, samples };
    return { ...made, record, thresholds, summary: summariseRows(loaded) };
  }
  const marked = makeCheatSweep();

  it("are marked in every table", () => {
    const tables = buildTables(makeReportData(marked));
    const naming = tables.filter(({ rows }) => rows.flat().includes("tt-si (cheat)"));
    expect(naming.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        "answers",
        "latency",
        "estimators",
        "estimator-thresholds",
        "chosen-thresholds",
      ]),
    );
    expect(tables.filter(({ rows }) => rows.flat().includes("tt-si"))).toEqual([]);
  });

  it("are marked on the terminal and on the page", () => {
    const lines = renderSummaryTable(marked.summary).split("\n");
    const own = lines.filter((line) => /\btt-si\b/.test(line));
    expect(own.filter((line) => !line.includes("tt-si (cheat)"))).toEqual([]);
    expect(own.length).toBeGreaterThanOrEqual(4);
    const { datasets } = marked.summary;
    const side = [renderModes, renderDenominators, renderSteps].map(
      (render) => render(datasets[0]?.variants ?? [])?.text ?? "",
    );
    for (const text of side) expect(text).toContain("tt-si (cheat)");
  });
});

describe("text in tables", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["  =1", "'  =1"],
    ['=A1,"b"', `"'=A1,""b"""`],
    ["\r=1", `"'\r=1"`],
    ["plain", "plain"],
    ["two\nlines", '"two\nlines"'],
  ])("%j is harmless in a spreadsheet", (text, cell) => {
    expect(renderCsvCell(text)).toBe(cell);
  });

  it("keeps negative numbers numbers", () => {
    expect(renderCsvCell(-0.25)).toBe("-0.25");
    expect(renderCsvCell(null)).toBe("");
    expect(renderCsvCell(Number.NaN)).toBe("");
  });

  it("is inert in LaTeX", () => {
    expect(escapeLatex("\\input{a_b} & 50% #1 $x$ ~^ <b> |\n")).toBe(
      "\\textbackslash{}input\\{a\\_b\\} \\& 50\\% \\#1 \\$x\\$ \\textasciitilde{}\\textasciicircum{} \\textless{}b\\textgreater{} \\textbar{} ",
    );
  });

  it("is inert in Markdown", () => {
    expect(escapeMarkdown("a|b <script> *x* [l](u)\n`c` &amp;")).toBe(
      "a\\|b &lt;script&gt; \\*x\\* \\[l\\](u) \\`c\\` &amp;amp;",
    );
  });
});
