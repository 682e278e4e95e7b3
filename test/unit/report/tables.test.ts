import { describe, expect, it } from "vitest";
import { buildTables } from "../../../report/tables/build-tables.js";
import { renderCsv, renderCsvCell } from "../../../report/tables/render-csv.js";
import { escapeLatex, renderLatex } from "../../../report/tables/render-latex.js";
import { escapeMarkdown, renderMarkdown } from "../../../report/tables/render-markdown.js";
import { makeReportData, makeReportSweep } from "./fixtures.js";

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

  it("have as many cells as columns, and a file name of their own", () => {
    for (const { columns, rows } of [...one, ...two]) {
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
    expect(new Set(one.map(({ id }) => id)).size).toBe(one.length);
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

  it("has no meaning to LaTeX", () => {
    expect(escapeLatex("\\input{a_b} & 50% #1 $x$ ~^ <b> |\n")).toBe(
      "\\textbackslash{}input\\{a\\_b\\} \\& 50\\% \\#1 \\$x\\$ \\textasciitilde{}\\textasciicircum{} \\textless{}b\\textgreater{} \\textbar{} ",
    );
  });

  it("has no meaning to Markdown", () => {
    expect(escapeMarkdown("a|b <script> *x* [l](u)\n`c` &amp;")).toBe(
      "a\\|b &lt;script&gt; \\*x\\* \\[l\\](u) \\`c\\` &amp;amp;",
    );
  });
});
