import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderSamplesTable, toSampleLine } from "../../../../cli/terminal/samples-table.js";
import { plainText } from "../../../../domain/text/span.js";
import { compareSweeps } from "../../../../report/compare/compare-sweeps.js";
import { renderComparison } from "../../../../report/compare/render-comparison.js";
import { renderSummaryTable } from "../../../../report/text/summary-table.js";
import { renderFittingTable, renderTextTable } from "../../../../report/text/text-table.js";
import { wrapText } from "../../../../report/text/wrap-text.js";
import { makeReportSweep } from "../fixtures.js";

const sweep = makeReportSweep({ seeds: 2 });

function longest(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}

describe.each([80, 110])("on %i columns", (width) => {
  it("a report fits, with the answers first", () => {
    const lines = renderSummaryTable(sweep.summary, width).split("\n");
    expect(longest(lines)).toBeLessThanOrEqual(width);
    const titles = lines.filter((line) => / on lookalike$/.test(line));
    expect(titles[0]).toBe("answers on lookalike");
  });

  it("a list of samples fits", () => {
    const lines = renderSamplesTable(sweep.units.map(toSampleLine), width).map(plainText);
    expect(lines).toHaveLength(sweep.units.length + 1);
    expect(longest(lines)).toBeLessThanOrEqual(width);
  });

  it("a comparison fits", () => {
    const after = makeReportSweep({ name: "later", seeds: 2, alsoRight: [8, 9] });
    const view = { limit: 20, width, query: () => "word ".repeat(60) };
    const lines = renderComparison(compareSweeps(sweep, after, {}), view).map(plainText);
    expect(longest(lines)).toBeLessThanOrEqual(width);
  });
});

it("keeps every cell if a table is cut", () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
  const heads = fc.array(word, { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(heads, fc.array(fc.array(word), { maxLength: 4 }), (names, rows) => {
      const lines = renderFittingTable(names, rows, 30);
      expect(longest(lines)).toBeLessThanOrEqual(30);
      const shown = lines.join(" ");
      for (const cells of rows) {
        for (const cell of cells.slice(0, names.length)) expect(shown).toContain(cell);
      }
      expect(renderFittingTable(names, rows, 1_000)).toEqual(renderTextTable(names, rows));
    }),
  );
});

it("wraps between words and loses none", () => {
  const text = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 });
  fc.assert(
    fc.property(text, (words) => {
      const lines = wrapText(words.join(" "), 20);
      expect(longest(lines)).toBeLessThanOrEqual(20);
      expect(lines.map((line) => line.trim()).join(" ")).toBe(words.join(" "));
    }),
  );
});
