import { describe, expect, it } from "vitest";
import { compareSweeps } from "../../../../report/compare/compare-sweeps.js";
import { listDifferences } from "../../../../report/compare/list-differences.js";
import { plainText } from "../../../../domain/text/span.js";
import { renderComparison } from "../../../../report/compare/render-comparison.js";
import { makeReportSweep } from "../fixtures.js";

const before = makeReportSweep();

describe("compareSweeps", () => {
  it("pairs samples by content, not by position in the file", () => {
    const after = makeReportSweep({ name: "later", firstRow: 100, alsoRight: [8] });
    const { variants } = compareSweeps(before, after, { variant: "base" });
    expect(variants).toHaveLength(1);
    expect(variants[0]).toMatchObject({
      n: 10,
      failed: 0,
      rightBefore: 0.6,
      rightAfter: 0.7,
      mcnemar: [{ seed: 0, gained: 1, lost: 0, p: 1 }],
      otherCalls: 1,
      onlyBefore: [],
      onlyAfter: [],
    });
    const [flip, ...others] = variants[0]!.flips;
    expect(others).toEqual([]);
    expect(flip?.direction).toBe("gained");
    expect(flip?.after.sampleKey).toMatch(/^108-/);
    expect(flip?.before.sampleKey).toMatch(/^8-/);
  });

  it("lists units without a partner and never pairs failed units", () => {
    const after = makeReportSweep({ name: "later", samples: 12, seeds: 2 });
    const { variants } = compareSweeps(before, after);
    expect(variants.map((variant) => variant.before)).toEqual([
      "argmax-name",
      "copy-rule",
      "tt-si",
      "base",
    ]);
    const ttSi = variants[2]!;
    expect(ttSi).toMatchObject({ n: 9, failed: 1, onlyBefore: [] });
    expect(ttSi.onlyAfter).toHaveLength(2 + 12);
  });

  it("compares two variants of one sweep", () => {
    const { variants, config } = compareSweeps(before, before, {
      variant: "base",
      with: "argmax-name",
    });
    expect(config).toEqual([]);
    expect(variants[0]).toMatchObject({ before: "base", after: "argmax-name", n: 10 });
    expect(variants[0]!.flips.map(({ direction }) => direction)).toEqual(["gained"]);
  });

  it("says why there is nothing to compare", () => {
    expect(() => compareSweeps(before, before, { variant: "icl" })).toThrow(
      expect.objectContaining({
        code: "VARIANT_UNKNOWN",
        message: 'Sweep trial has no variant "icl". It has: argmax-name, copy-rule, tt-si, base.',
      }) as Error,
    );
    const empty = { ...makeReportSweep({ name: "later" }), units: [] };
    expect(() => compareSweeps(before, empty)).toThrow(
      expect.objectContaining({ code: "COMPARISON_EMPTY" }) as Error,
    );
  });

  it("prints flips with query and answers, unmatched units and differences", () => {
    const after = makeReportSweep({ name: "later", firstRow: 100, alsoRight: [8], samples: 11 });
    const lines = renderComparison(compareSweeps(before, after, { variant: "base" }), {
      limit: 3,
      query: (row) => `What about ${row.sampleKey}?`,
    });
    const text = lines.map(plainText).join("\n");
    expect(lines.filter((line) => typeof line !== "string").flat()).toEqual(
      expect.arrayContaining([
        { text: "wrong (name:put)", color: "bad" },
        { text: "right", color: "good" },
      ]),
    );
    expect(text).toContain("trial -> later, units aligned");
    expect(text).toMatch(
      /flips of base: 1\n {2}\+ lookalike\/(108-[0-9a-f]{8}) seed 0 {2}What about \1\?\n {6}before wrong \(name:put\): .+\n {6}after {2}right: .+\n {2}one of them in full: npx whetstone show later SAMPLE/,
    );
    expect(text).toMatch(/units of base without a partner: 1\n {2}after only {3}later\/base/);
    expect(text).toContain('config: 1 differences\n  sweep: "trial" -> "later"');
    expect(text).toContain("provenance: the same");
  });
});

describe("listDifferences", () => {
  it("compares named objects by name", () => {
    expect(
      listDifferences(
        { variants: [{ name: "a", tau: 1 }], seeds: [0] },
        { variants: [{ name: "b" }, { name: "a", tau: 2 }], seeds: [0, 1] },
      ),
    ).toEqual([
      { path: "seeds", before: [0], after: [0, 1] },
      { path: "variants.a.tau", before: 1, after: 2 },
      { path: "variants.b", before: undefined, after: { name: "b" } },
    ]);
  });
});
