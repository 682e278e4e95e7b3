import { describe, expect, it } from "vitest";
import {
  describeRandomGates,
  listFlaggedShares,
} from "../../../../report/statistics/random-gates.js";
import { labelVariant, listControls } from "../../../../report/model/variant-roles.js";
import { parse } from "../../domain/config/fixtures.js";

const config = parse(`sweep: trial
model: tiny
dataset: { name: easy, format: lookalike }
variants:
  - base
  - tt-si
  - { name: all, method: tt-si, selection: all }
  - { name: coin, method: tt-si, estimator: { kind: random, rate: 0.5 } }
  - { name: channel, method: tt-si, estimator: { kind: channel, weight: 0.5 } }
  - { name: votes, method: tt-si, estimator: { kind: agreement, samples: 8 } }
  - { name: sum, method: tt-si, estimator: { kind: call-likelihood, aggregate: sum } }
  - tt-d
  - tt-si-icl
  - shuffled-pair
  - { method: random-gate, estimator: { kind: rss, rate: 0.3333 } }
`);

const countsOf = (dataset: string, flags: readonly boolean[]) =>
  config.variants
    .filter(({ method }) => method !== "base")
    .map(({ name }) => ({
      ...{ variant: name, dataset },
      ...{ judged: flags.length, flagged: flags.filter(Boolean).length },
    }));

const easy = countsOf("easy", [true, false, false]);

describe("the flagged share", () => {
  it("is that of variants which differ from random-gate by their gate alone", () => {
    const shares = listFlaggedShares(config, easy);
    expect(shares.map(({ variant, share }) => [variant, share])).toEqual([
      ["tt-si", 0.3333],
      ["channel", 0.3333],
      ["votes", 0.3333],
      ["sum", 0.3333],
    ]);
  });

  it("is nothing before a sample is judged", () => {
    expect(listFlaggedShares(config, [])).toEqual([]);
  });

  it("is one per data set, because their difficulties differ", () => {
    const datasets = config.datasets.flatMap((each) => [each, { ...each, name: "hard" }]);
    const counts = [...easy, ...countsOf("hard", [true, true, true, false])];
    const variants = config.variants.filter(({ name }) => name === "tt-si");
    expect(describeRandomGates(listFlaggedShares({ variants, datasets }, counts))).toEqual([
      "tt-si flagged 1 of 3 samples of easy; its random gate is a copy of it with { name: tt-si-by-chance, method: random-gate, estimator: { kind: rss, rate: 0.3333 } }",
      "tt-si flagged 3 of 4 samples of hard; its random gate is a copy of it with { name: tt-si-by-chance, method: random-gate, estimator: { kind: rss, rate: 0.75 } }",
      "a random gate has one share: run it in one sweep per data set",
    ]);
  });

  it("is printed with changes that are legal as they are and keep the estimator", () => {
    const lines = describeRandomGates(listFlaggedShares(config, easy));
    expect(lines[1]).toBe(
      "channel flagged 1 of 3 samples; its random gate is a copy of it with { name: channel-by-chance, method: random-gate, estimator: { kind: channel, rate: 0.3333, weight: 0.5 } }",
    );
    const [own, gate, votes, sum] = lines.map((line) => {
      const variant = line.slice(line.indexOf("{"));
      return parse(
        `sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [${variant}]\n`,
      ).variants[0];
    });
    expect(own).toMatchObject({ name: "tt-si-by-chance", method: "random-gate" });
    expect(gate?.estimator).toEqual({ kind: "channel", rate: 0.3333, weight: 0.5 });
    expect(votes?.estimator).toMatchObject({ kind: "agreement", rate: 0.3333, samples: 8 });
    expect(sum?.estimator).toMatchObject({ kind: "call-likelihood", aggregate: "sum" });
  });
});

it("random-gate is marked as a control and stands beside the methods", () => {
  expect(labelVariant({ variant: "random-gate", method: "random-gate" })).toBe(
    "random-gate (control)",
  );
  const own = config.variants.find(({ name }) => name === "tt-si")!;
  expect(listControls(config.variants, own)).toEqual(["shuffled-pair", "random-gate"]);
});
