import { expect, it } from "vitest";
import { CALIBRATION_VARIANT } from "../../../domain/uncertainty/calibration.js";
import type { PlannedUnit } from "../../../domain/units/unit.js";
import { estimateCalls } from "../../../planning/estimate-calls.js";
import { parse } from "../domain/config/fixtures.js";
import { makeUnit } from "../store/fixtures.js";

/** "lower..upper" bound of each step, for one sample and one seed of these variants. */
function estimate(variants: readonly string[], calibration = false): Record<string, string> {
  const config = parse(
    `sweep: trial\nmodel: tiny\ndataset: { format: lookalike, calibration: 1 }\nvariants:\n` +
      variants.map((variant) => `  - ${variant}`).join("\n"),
  );
  const units = [
    ...config.variants.map(({ name }): PlannedUnit => makeUnit(0, { variant: name })),
    ...(calibration ? [makeUnit(1, { variant: CALIBRATION_VARIANT, role: "calibration" })] : []),
  ];
  return Object.fromEntries(
    estimateCalls(config, units).map(({ step, least, most }) => [step, `${least}..${most}`]),
  );
}

const all = (fields = "", method = "tt-si"): string[] => [
  `{ method: ${method}, selection: all${fields === "" ? "" : `, ${fields}`} }`,
];

it.each<[string, readonly string[], Record<string, string>]>([
  ["base", ["base"], { score: "0..0", synthesize: "0..0", train: "0..0", answer: "1..1" }],
  ["tt-si", ["tt-si"], { score: "1..1", synthesize: "0..1", train: "0..1", answer: "0..2" }],
  ["all samples", all(), { score: "1..1", synthesize: "1..1", train: "1..1", answer: "1..1" }],
  [
    "several draws, each scored",
    all("synthesis: { examples: 2, draws: 3 }"),
    { score: "7..7", synthesize: "6..6", train: "1..1", answer: "1..1" },
  ],
  [
    "verified pairs",
    all("synthesis: { verify: rss }"),
    { score: "2..2", synthesize: "1..1", train: "1..1", answer: "1..1" },
  ],
  [
    "pairs verified by noisy-channel scoring, two draws each",
    all("synthesis: { verify: channel, draws: 2 }"),
    { score: "7..7", synthesize: "2..2", train: "1..1", answer: "1..1" },
  ],
  [
    "noisy-channel scoring as H",
    all("estimator: channel"),
    { score: "2..2", synthesize: "1..1", train: "1..1", answer: "1..1" },
  ],
  [
    "H by the tokens of the greedy answer, which base shares at temperature 0",
    [
      "{ method: base, inference: { temperature: 0 } }",
      ...all("estimator: min-token, inference: { temperature: 0 }"),
    ],
    { score: "2..2", synthesize: "1..1", train: "1..1", answer: "2..2" },
  ],
  [
    "H by several drawn answers, and by the greedy one's tokens",
    [
      ...all("name: votes, estimator: agreement"),
      ...all("name: more, estimator: { kind: agreement, samples: 8 }"),
      ...all("name: call, estimator: call-likelihood"),
      ...all("name: tokens, estimator: mean-token"),
    ],
    { score: "2..2", synthesize: "1..1", train: "1..1", answer: "4..4" },
  ],
  [
    "substitution, which calls no model, named by noisy-channel scoring",
    all("synthesis: { grounding: substitute, name: channel }"),
    { score: "2..2", synthesize: "0..0", train: "1..1", answer: "2..2" },
  ],
  [
    "rewriting, named by H",
    all("synthesis: { grounding: rewrite, name: best }"),
    { score: "1..1", synthesize: "1..1", train: "1..1", answer: "2..2" },
  ],
  [
    "adaptive K: one to three trainings to measure, and at most one to answer with",
    all("synthesis: { examples: 4 }, training: { adaptive: true }"),
    { score: "3..5", synthesize: "4..4", train: "1..4", answer: "0..2" },
  ],
  [
    "a teacher, on its own line",
    all("synthesis: { examples: 2, verify: rss }", "tt-d"),
    { score: "3..3", synthesize: "0..0", teacher: "2..2", train: "1..1", answer: "1..1" },
  ],
  [
    "the copy rule with the name by noisy-channel scoring",
    ["{ method: copy-rule, synthesis: { name: channel } }"],
    { score: "2..2", synthesize: "0..0", train: "0..0", answer: "1..1" },
  ],
  [
    "two pairs and one pair, sharing the first",
    [
      "{ name: one, method: tt-si, selection: all }",
      "{ name: two, method: tt-si, selection: all, synthesis: { examples: 2 } }",
    ],
    { score: "1..1", synthesize: "2..2", train: "2..2", answer: "2..2" },
  ],
])("counts the calls of %s", (_, variants, calls) => {
  expect(estimate(variants)).toEqual(calls);
});

it("counts a calibration record's score and base answer", () => {
  expect(estimate(["{ method: tt-si, tau: auto }"], true)).toEqual({
    ...{ score: "2..2", synthesize: "0..1", train: "0..1", answer: "1..3" },
  });
});

it.each(["rss", "channel"])("random-gate costs no more beside tt-si with %s", (kind) => {
  const synthesis = "synthesis: { grounding: substitute, name: best }";
  const own = `{ method: tt-si, estimator: ${kind}, ${synthesis} }`;
  const gate = `{ method: random-gate, estimator: { kind: ${kind}, rate: 0.5 }, ${synthesis} }`;
  expect(estimate([own, gate])).toEqual(estimate([own]));
});
