import { describe, expect, it } from "vitest";
import { PAPER_EXPERIMENTS, paperReference } from "../../../report/paper/reference.js";
import { renderPaperComparison } from "../../../report/paper/render-paper-comparison.js";
import type { SweepSummary, VariantSummary } from "../../../report/summarise-sweep.js";

/** A summary with what the comparison reads. */
function summaryOf(variants: readonly Partial<VariantSummary>[]): SweepSummary {
  return {
    model: "tiny",
    seeds: [0],
    datasets: [{ dataset: "sealtool", variants }],
  } as unknown as SweepSummary;
}

const base: Partial<VariantSummary> = {
  variant: "base",
  n: 294,
  soft: { mean: 0.5, deviation: null },
  modes: null,
  adaptedShare: null,
  steps: [],
};

describe("paperReference", () => {
  it("holds Table 1 whose averages are those of its columns, misprints aside", () => {
    const values = paperReference("table-1")!.values;
    expect(values).toHaveLength(45);
    for (const average of values.filter(({ dataset }) => dataset === "average")) {
      const own = values.filter(
        (each) =>
          each.variant === average.variant &&
          each.measure === average.measure &&
          each.dataset !== "average",
      );
      const mean = own.reduce((sum, { value }) => sum + value, 0) / own.length;
      expect(Math.abs(mean - average.value)).toBeLessThan(0.02);
    }
  });

  it("is null without an experiment", () => {
    expect(paperReference(undefined)).toBeNull();
    expect(paperReference("table-9")).toBeNull();
  });
});

describe("renderPaperComparison", () => {
  it("puts ours beside the paper's, each of the paper's marked, misprints below", () => {
    const text = renderPaperComparison("table-2", summaryOf([base]))!;
    const row = text.split("\n").find((line) => / base /.test(line));
    expect(row).toMatch(/sealtool +base +single +50\.00 +66\.67 \(paper\)/);
    expect(text).toContain("ours, tiny");
    expect(text).toMatch(/tt-si +single +- +72\.43 \(paper\)/);
    expect(text).toContain("paper: The paper's Table 2 prints base as 66.37");
  });

  it("marks every value of every experiment", () => {
    for (const { experiment, values } of PAPER_EXPERIMENTS) {
      const text = renderPaperComparison(experiment, summaryOf([base]))!;
      expect(text.match(/\(paper\)/g)?.length ?? 0).toBe(values.length);
    }
  });

  it("is null for a sweep that reproduces nothing", () => {
    expect(renderPaperComparison(undefined, summaryOf([base]))).toBeNull();
  });
});
