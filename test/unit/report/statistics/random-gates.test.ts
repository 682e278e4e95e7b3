import { describe, expect, it } from "vitest";
import {
  describeRandomGates,
  listFlaggedShares,
} from "../../../../report/statistics/random-gates.js";
import { labelVariant, listControls } from "../../../../report/model/variant-roles.js";
import { parse } from "../../domain/config/fixtures.js";

const { variants } = parse(`sweep: trial
model: tiny
dataset: { format: lookalike }
variants:
  - base
  - tt-si
  - { name: all, method: tt-si, selection: all }
  - { name: coin, method: tt-si, estimator: { kind: random, rate: 0.5 } }
  - shuffled-pair
  - { method: random-gate, estimator: { kind: random, rate: 0.3333 } }
`);

const rows = variants.flatMap(({ name }) =>
  [true, false, false].map((uncertain) => ({
    variant: name,
    uncertain: name === "base" ? null : uncertain,
  })),
);

describe("the flagged share", () => {
  it("is that of methods whose own gate decides", () => {
    expect(listFlaggedShares({ variants }, rows)).toEqual([
      { variant: "tt-si", flagged: 1, judged: 3, share: 0.3333 },
    ]);
  });

  it("is nothing before a sample is judged", () => {
    expect(listFlaggedShares({ variants }, [])).toEqual([]);
  });

  it("is printed as the variant to add, which is legal as it is", () => {
    const [line = ""] = describeRandomGates(listFlaggedShares({ variants }, rows));
    expect(line).toBe(
      "tt-si flagged 1 of 3 samples; its random gate: { name: tt-si-by-chance, method: random-gate, estimator: { kind: random, rate: 0.3333 } }",
    );
    const variant = line.slice(line.indexOf("{"));
    const config = parse(
      `sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [${variant}]\n`,
    );
    expect(config.variants[0]).toMatchObject({ name: "tt-si-by-chance", method: "random-gate" });
  });
});

it("random-gate is marked as a control and stands beside the methods", () => {
  expect(labelVariant({ variant: "random-gate", method: "random-gate" })).toBe(
    "random-gate (control)",
  );
  const own = variants.find(({ name }) => name === "tt-si")!;
  expect(listControls(variants, own)).toEqual(["shuffled-pair", "random-gate"]);
});
