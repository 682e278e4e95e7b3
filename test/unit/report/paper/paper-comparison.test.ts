import { describe, expect, it } from "vitest";
import { compareWithPaper } from "../../../../report/paper/compare-with-paper.js";
import { measureOurs } from "../../../../report/paper/measure-ours.js";
import { PAPER_EXPERIMENTS, paperReference } from "../../../../report/paper/reference.js";
import {
  renderPaperComparison,
  tabulatePaper,
} from "../../../../report/paper/render-paper-comparison.js";
import { tabulateFigureData } from "../../../../report/paper/tabulate-figure-data.js";
import type { ReportSweep } from "../../../../report/model/report-data.js";
import type { VariantSummary } from "../../../../report/model/summarise-sweep.js";
import { renderMarkdown } from "../../../../report/tables/render-markdown.js";
import { makeReportData, makeReportSweep } from "../fixtures.js";
import type { MadeReportSweep } from "../with-texts.js";

type Experiment = NonNullable<ReportSweep["record"]["config"]["experiment"]>;

/** The synthetic sweep with these datasets and this experiment. */
function sweepOf(experiment: Experiment | undefined, datasets = ["sealtool"]): MadeReportSweep {
  const made = makeReportSweep();
  const { config, ...record } = made.record;
  const [first] = config.datasets;
  if (first === undefined) throw new Error("the fixture has no data set");
  const named = datasets.map((name) => ({ ...first, name }));
  const variants = made.summary.datasets[0]?.variants ?? [];
  return {
    ...made,
    record: {
      ...record,
      config: { ...config, datasets: named, ...(experiment === undefined ? {} : { experiment }) },
    },
    summary: { ...made.summary, datasets: datasets.map((dataset) => ({ dataset, variants })) },
    units: datasets.flatMap((dataset) => made.units.map((unit) => ({ ...unit, dataset }))),
  };
}

/** The sweep with one variant's summary changed. */
function withVariant(sweep: ReportSweep, name: string, change: Partial<VariantSummary>) {
  const datasets = sweep.summary.datasets.map(({ dataset, variants }) => ({
    dataset,
    variants: variants.map((row) => (row.variant === name ? { ...row, ...change } : row)),
  }));
  return { ...sweep, summary: { ...sweep.summary, datasets } };
}

const step = (
  name: "scoreUncertainty" | "synthesize" | "trainAdapter" | "infer",
  mean: number,
) => ({
  step: name,
  computed: 2,
  reused: 0,
  total: 2 * mean,
  mean,
  deviation: null,
  least: mean,
  most: mean,
  queueMean: 0,
});

const lineOf = (text: string | null, start: RegExp) =>
  text?.split("\n").find((line) => start.test(line)) ?? "";

describe("paperReference", () => {
  it("has Table 1 averages that match its columns, except for misprints", () => {
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
  it("shows our values beside the paper's, with controls, missing variants and misprints", () => {
    const text = renderPaperComparison(sweepOf("table-2"));
    expect(lineOf(text, /^variant/)).toMatch(/^variant +single +paper$/);
    expect(lineOf(text, /^base/)).toMatch(/^base +60\.00 +66\.67$/);
    expect(lineOf(text, /^tt-si-all/)).toMatch(/^tt-si-all +-- +73\.47$/);
    expect(lineOf(text, /^argmax-name/)).toMatch(/^argmax-name \(control\) +70\.00 +--$/);
    expect(text).toMatch(/^beside the paper: Table 2: .*; ours: tiny, n = 10, 1 seed$/m);
    expect(text).toContain("paper: The paper's Table 2 prints base as 66.37");
  });

  it("has a column per dataset, and an average only if all four were run", () => {
    const all = ["nexusraven", "sealtool", "apibank-361", "toolalpaca-103"];
    const row = /^base +single /;
    expect(lineOf(renderPaperComparison(sweepOf("table-1", all)), row)).toMatch(
      /^base +single +60\.00 +44\.03 +60\.00 +66\.67 +60\.00 +70\.08 +60\.00 +37\.86 +60\.00 +54\.66$/,
    );
    expect(lineOf(renderPaperComparison(sweepOf("table-1")), row)).toMatch(
      /^base +single +-- +44\.03 +60\.00 +66\.67 .* +-- +54\.66$/,
    );
  });

  it("gives each of the paper's models its own column", () => {
    const text = renderPaperComparison(sweepOf("figure-2-right"));
    expect(lineOf(text, /^variant/)).toMatch(/^variant +single +paper, 1\.5B +paper, 7B$/);
    expect(lineOf(text, /^base/)).toMatch(/^base +60\.00 +66\.67 +80\.95$/);
  });

  it("shows every number of every experiment", () => {
    for (const { experiment, values } of PAPER_EXPERIMENTS) {
      const comparison = compareWithPaper(sweepOf(experiment));
      const shown = (comparison?.rows ?? []).flatMap(({ cells }) =>
        cells.flatMap(({ paper }) => paper.filter((value) => value !== null)),
      );
      expect(shown.sort()).toEqual(values.map(({ value }) => value).sort());
    }
  });

  it("is null for a sweep without an experiment", () => {
    expect(renderPaperComparison(sweepOf(undefined))).toBeNull();
    expect(tabulatePaper(makeReportData(sweepOf(undefined)))).toEqual([]);
  });
});

describe("measureOurs", () => {
  it("measures an estimator by its flags, or by its best threshold if the variant never adapts", () => {
    const sweep = sweepOf("table-3");
    const of = (measure: string, from = sweep) =>
      measureOurs(from, { dataset: "sealtool", variant: "tt-si", measure });
    // Rows 6 to 8 are flagged, and base is wrong on rows 6 to 8; row 9 failed.
    expect([of("TPR"), of("FPR"), of("Youden J")]).toEqual([100, 0, 100]);
    const variants = sweep.record.config.variants.map((each) => ({ ...each, tau: 0 }));
    const config = { ...sweep.record.config, variants };
    const idle = { ...sweep, record: { ...sweep.record, config } };
    // Margins grow with the row here, so no threshold is better than flagging all or none.
    expect(of("Youden J", idle)).toBe(0);
  });

  it("has no rate for an empty class", () => {
    const made = sweepOf("table-3");
    const sweep = { ...made, units: made.units.map((unit) => ({ ...unit, correct: false })) };
    const of = (measure: string) =>
      measureOurs(sweep, { dataset: "sealtool", variant: "tt-si", measure });
    expect([of("FPR"), of("Youden J")]).toEqual([null, null]);
    expect(of("TPR")).toBeGreaterThan(0);
  });

  it("adds up the steps of uncertain and of certain samples", () => {
    const tuned = [
      step("scoreUncertainty", 1),
      step("synthesize", 2),
      step("trainAdapter", 4),
      step("infer", 8),
    ];
    const sweep = withVariant(withVariant(sweepOf("table-4"), "tt-si", { steps: tuned }), "base", {
      steps: [step("infer", 16)],
    });
    const of = (measure: string, from = sweep) =>
      measureOurs(from, { dataset: "sealtool", variant: "tt-si", measure });
    expect([of("G"), of("uncertain sample"), of("certain sample")]).toEqual([2, 15, 17]);
    const reused = tuned.map((each) => ({ ...each, computed: 0, reused: 2 }));
    expect(of("H", withVariant(sweep, "tt-si", { steps: reused }))).toBeNull();
  });

  it("counts adapted samples per seed", () => {
    const sweep = withVariant(sweepOf("figure-2-left"), "tt-si", { n: 20, adaptedShare: 0.5 });
    const two = { ...sweep, summary: { ...sweep.summary, seeds: [0, 1] } };
    const wanted = { dataset: "sealtool", variant: "tt-si", measure: "adapted" };
    expect(measureOurs(two, wanted)).toBe(5);
  });
});

describe("tabulateFigureData", () => {
  it("counts each right and wrong answer once, by margin", () => {
    const [margins] = tabulateFigureData(sweepOf("figure-5"));
    expect(margins?.title).toContain("tt-si: 6 right and 3 wrong base answers");
    const sum = (column: number) =>
      (margins?.rows ?? []).reduce((total, row) => total + Number(row[column]), 0);
    expect([sum(2), sum(3)]).toEqual([6, 3]);
  });

  it("lists the rates over tau, and nothing for other experiments", () => {
    const [rates] = tabulateFigureData(sweepOf("figure-6"));
    expect(rates?.heads).toEqual(["tau", "flagged", "TPR", "FPR", "J"]);
    expect(rates?.rows.at(-1)).toEqual(["1.010", "9", "100.00", "100.00", "0.00"]);
    expect(tabulateFigureData(sweepOf("table-2"))).toEqual([]);
    expect(renderPaperComparison(sweepOf("figure-6"))).toContain("rates over tau on sealtool");
  });
});

describe("tabulateFigureData of Figure 7", () => {
  it("lists the uncertain sample with the most pairs, and its pairs", () => {
    const made = sweepOf("figure-7");
    const pair = (instruction: string) => ({
      instruction,
      input: "",
      output: [{ name: "get", arguments: {} }],
    });
    const pairsOf: Readonly<Record<number, string[]>> = {
      6: ["one"],
      7: ["first\nof \u001b[31mtwo", "x".repeat(100)],
    };
    const units = made.units.map((unit) => {
      const pairs =
        unit.variant === "tt-si" ? (pairsOf[Number(unit.sampleKey.split("-")[0])] ?? []) : [];
      const synthesis = { status: "ok" as const, pairs: pairs.map(pair), attempts: [] };
      return { ...unit, trace: { ...unit.trace, synthesis } };
    });
    const samples = new Map(
      [...made.samples.values()].map((gold) => [`sealtool/${gold.sample.key}`, gold]),
    );
    const sweep = { ...made, units, samples };
    const [shown] = tabulateFigureData(sweep);
    expect(shown?.title).toMatch(/^sample 7-[0-9a-f]+ of sealtool, tt-si, seed 0, and its pairs$/);
    expect(shown?.rows).toEqual([
      ["query 7", "the sample"],
      ["first of \\u001b[31mtwo", "get"],
      [`${"x".repeat(87)}...`, "get"],
    ]);
    expect(renderPaperComparison(sweep)).toContain(shown?.title);
    expect(renderPaperComparison(made)).toContain(
      "no uncertain sample of sealtool has a pair of its own",
    );
  });
});

describe("tabulatePaper", () => {
  it("is a table of the report, with the paper's columns marked", () => {
    const [table] = tabulatePaper(makeReportData(sweepOf("table-2")));
    expect(table?.id).toBe("paper-table-2");
    const text = renderMarkdown(table!);
    expect(text).toContain("| variant | ours: single | paper: single |");
    expect(text).toContain("| base | 60 | 66.67 |");
  });

  it("has one table per sweep, each with a unique name", () => {
    const two = [sweepOf("table-2"), sweepOf("table-2")].map((sweep, index) => ({
      ...sweep,
      record: { ...sweep.record, name: `run-${index}` },
    }));
    const ids = tabulatePaper(makeReportData(...two)).map(({ id }) => id);
    expect(ids).toEqual(["paper-run-0", "paper-run-1"]);
  });
});
