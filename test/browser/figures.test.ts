import { expect, test } from "vitest";
import { renderFigures } from "../../report/figures/render-figures.js";
import { makeReport } from "./make-report.js";

/** Drawn from statistics alone; the embedding hangs on the last digits of a machine's arithmetic. */
const GOLDEN = ["accuracy", "gains", "threshold", "figure-5-margins", "figure-6-rates", "time"];

test("draws the same bytes as ever from the same data", async () => {
  const figures = await renderFigures(makeReport({ samples: 24 }));
  expect(figures.map((figure) => figure.id)).toEqual([
    "accuracy",
    "gains",
    "cost",
    "threshold",
    "pairs",
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

test("leaves out every figure that the data cannot fill", async () => {
  const data = makeReport({ samples: 12 });
  const sweeps = data.sweeps.map((sweep) => ({
    ...sweep,
    units: [],
    summary: { ...sweep.summary, datasets: [] },
  }));
  expect(await renderFigures({ ...data, sweeps })).toEqual([]);
});

test("marks what the paper reports as the paper's", async () => {
  const paper = () => [{ variant: "tt-si", dataset: "lookalike", accuracy: 72.43 }];
  const [accuracy] = await renderFigures(makeReport({ samples: 12 }), { paper });
  expect(accuracy?.caption).toContain('"paper": reported by the paper');
  expect(accuracy?.svg).toContain("paper");
});
