import { expect, test } from "vitest";
import { listPaperPoints } from "../../report/figures/paper-point.js";
import { renderFigures } from "../../report/figures/render-figures.js";
import { makeReport } from "./make-report.js";

/**
 * Drawn from statistics only; the embedding depends on the last digits of floating-point
 * arithmetic.
 */
const GOLDEN = [
  "accuracy",
  "gains",
  "figure-2-left-threshold",
  "figure-4-pairs",
  "figure-5-margins",
  "figure-6-rates",
  "time",
];

test("draws the golden bytes from the same data", async () => {
  const figures = await renderFigures(makeReport({ samples: 24 }));
  expect(figures.map((figure) => figure.id)).toEqual([
    "accuracy",
    "gains",
    "cost",
    "figure-2-left-threshold",
    "figure-4-pairs",
    "figure-5-margins",
    "figure-6-rates",
    "reliability",
    "figure-7-embedding",
    "time",
    "losses",
  ]);
  for (const id of GOLDEN) {
    const figure = figures.find((each) => each.id === id);
    await expect(figure?.svg).toMatchFileSnapshot(`golden/${id}.svg`);
  }
  for (const figure of figures) {
    expect(figure.caption).toMatch(/\bn = |\d+ of \d+|\d+ answers/);
    expect(figure.spec["$schema"]).toContain("vega-lite");
  }
});

test("shows comparisons with training data and upper bounds if they were run", async () => {
  const variants = ["icl", "sft", { name: "cheat-ttt", method: "cheat-ttt" }];
  const report = makeReport({ samples: 12, variants, allowGold: true });
  const figures = await renderFigures(report);
  const named = (id: string) => JSON.stringify(figures.find((each) => each.id === id)?.spec);
  expect(named("figure-3-data")).toContain('"variant":"icl"');
  expect(named("figure-3-data")).not.toContain("cheat-ttt");
  expect(named("figure-9-bounds")).toContain('"variant":"cheat-ttt (cheat)"');
  expect(named("figure-9-bounds")).not.toContain("shuffled-pair");
});

test("shows several models side by side, the weaker first", async () => {
  const reports = ["small", "large"].map((model) =>
    makeReport({
      samples: 20,
      sweep: model,
      model: `models/${model}`,
      luck: model === "small" ? 0 : 0.3,
    }),
  );
  const data = { ...reports[0], generatedBy: "", sweeps: reports.flatMap(({ sweeps }) => sweeps) };
  const paper = () => [
    { variant: "tt-si", dataset: "lookalike", accuracy: 83.97, model: "Qwen2.5-7B" },
  ];
  const [first] = await renderFigures(data, { paper });
  expect(first?.id).toBe("figure-2-right-models");
  expect(JSON.stringify(first?.spec)).toContain('"sort":["small","large","paper: Qwen2.5-7B"]');
  expect(first?.caption).toContain("n = small 20, large 20 samples");
  expect(first?.svg).toMatch(/>paper<[^]*>Qwen2.5-7B</);
});

test("derives PPL from the scores of RSS if no variant used it", async () => {
  const drawn = async (without: string) => {
    const data = makeReport({ samples: 24 });
    const sweeps = data.sweeps.map((sweep) => ({
      ...sweep,
      units: sweep.units.filter((row) => row.variant !== without),
    }));
    const figures = await renderFigures({ ...data, sweeps });
    return figures.find(({ id }) => id === "figure-5-margins");
  };
  expect((await drawn("tt-si-ppl"))?.caption).toMatch(/RSS: .*; PPL: \d+ right, \d+ wrong/);
  expect((await drawn("tt-si-ppl"))?.svg).toContain("PPL");
});

test("omits every figure without data", async () => {
  const data = makeReport({ samples: 12 });
  const sweeps = data.sweeps.map((sweep) => ({
    ...sweep,
    units: [],
    summary: { ...sweep.summary, datasets: [] },
  }));
  expect(await renderFigures({ ...data, sweeps })).toEqual([]);
});

test("marks the paper's values", async () => {
  const paper = () => [
    { variant: "tt-si", dataset: "lookalike", accuracy: 72.43 },
    { variant: "tt-si", dataset: "lookalike", accuracy: 83.97, model: "Qwen2.5-7B" },
    { variant: "tt-si", dataset: "sealtool", accuracy: 61.23 },
  ];
  const figures = await renderFigures(makeReport({ samples: 12 }), { paper });
  for (const id of ["accuracy", "figure-2-left-threshold", "figure-4-pairs"]) {
    const figure = figures.find((each) => each.id === id);
    expect(figure?.caption, id).toContain('"paper": reported by the paper');
    expect(figure?.svg, id).toContain(">paper<");
    const spec = JSON.stringify(figure?.spec);
    expect(spec, id).toContain("72.43");
    // Points of another model or dataset do not belong in this figure.
    expect(spec, id).not.toMatch(/83\.97|61\.23/);
  }
});

test("takes the paper's values from the experiment that a sweep reproduces", () => {
  expect(listPaperPoints("figure-2-left")).toContainEqual({
    variant: "tau-0.95",
    dataset: "sealtool",
    accuracy: 72.43,
    model: "Qwen2.5-1.5B",
  });
  expect(listPaperPoints("figure-2-right").map(({ model }) => model)).toContain("Qwen2.5-7B");
  expect(listPaperPoints("table-1").some(({ dataset }) => dataset === "average")).toBe(false);
  expect(listPaperPoints("table-4")).toEqual([]);
  expect(listPaperPoints(undefined)).toEqual([]);
});
