import { expect, it } from "vitest";
import { CONFIG_DEFAULTS } from "../../../../domain/config/defaults.js";
import {
  greedyInference,
  needsOf,
  readsAnswers,
  sampledInference,
} from "../../../../domain/uncertainty/evidence-needs.js";
import { ESTIMATOR_KINDS } from "../../../../domain/uncertainty/registry.js";

const spec = CONFIG_DEFAULTS.estimator;
const inference = { ...CONFIG_DEFAULTS.inference, answers: 3, copy: true, maxTokens: 9 };

it("is nothing for estimators of names", () => {
  const none = { queries: false, tokens: false, samples: [] };
  for (const kind of ["rss", "perplexity", "nll", "random", "trivial"] as const) {
    expect(needsOf([{ ...spec, kind }])).toEqual(none);
  }
  expect(needsOf([])).toEqual(none);
});

it("is what estimators read together, each once", () => {
  expect(
    needsOf([
      { ...spec, kind: "agreement" },
      { ...spec, kind: "agreement", samples: 5 },
      { ...spec, kind: "agreement", samples: 8 },
      { ...spec, kind: "min-token" },
      { ...spec, kind: "channel" },
    ]),
  ).toEqual({ queries: true, tokens: true, samples: [5, 8] });
});

it("answers are read by the estimators that say so", () => {
  expect(ESTIMATOR_KINDS.filter((kind) => readsAnswers({ kind }))).toEqual([
    ...["call-likelihood", "argument-likelihood", "mean-token", "min-token", "agreement"],
  ]);
});

it("answers are the base model's own, with the unit's other settings", () => {
  expect(greedyInference(inference)).toEqual({
    ...{ ...inference, temperature: 0, answers: 1, copy: false },
  });
  expect(sampledInference(inference, 4)).toEqual({
    ...{ ...inference, temperature: 0.7, answers: 4, copy: false },
  });
});
