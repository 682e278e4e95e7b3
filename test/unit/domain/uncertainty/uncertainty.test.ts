import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { softmax } from "../../../../domain/uncertainty/softmax.js";
import type { AnswerEvidence } from "../../../../domain/uncertainty/answer-evidence.js";
import type { NameScore } from "../../../../domain/uncertainty/name-score.js";
import {
  bestCandidate,
  createEstimator,
  effectiveTau,
  isUncertain,
  relativeScores,
} from "../../../../domain/uncertainty/uncertainty.js";
import type { EstimatorSpec } from "../../../../domain/config/variant.js";

const kinds: readonly EstimatorSpec["kind"][] = ["rss", "perplexity", "nll", "random", "trivial"];
const score = (name: string, logLikelihood: number, tokenCount = 1): NameScore => ({
  name,
  logLikelihood,
  tokenCount,
});
const margin = (kind: EstimatorSpec["kind"], scores: readonly NameScore[]): number =>
  createEstimator({ kind }, 1)(scores, "0-0a1b2c3d").margin;

const flags = (kind: EstimatorSpec["kind"], scores: readonly NameScore[], tau: number): boolean =>
  isUncertain({ kind }, createEstimator({ kind }, 1)(scores, "0-0a1b2c3d"), tau);

const anyScores = fc.array(
  fc.record({
    name: fc.string(),
    logLikelihood: fc.double({ min: -500, max: 0, noNaN: true }),
    tokenCount: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("rss", () => {
  it("is the gap of the two largest relative softmax scores", () => {
    const scores = [
      score("a", Math.log(0.2)),
      score("b", Math.log(0.7)),
      score("c", Math.log(0.1)),
    ];
    expect(margin("rss", scores)).toBeCloseTo(0.5, 12);
  });

  it("never divides by length: the same sum of log-probabilities gives the same margin", () => {
    const short = [score("a", -1, 1), score("b", -2, 1)];
    const long = [score("a", -1, 1), score("b", -2, 9)];
    expect(margin("rss", short)).toBe(margin("rss", long));
    expect(margin("perplexity", short)).not.toBe(margin("perplexity", long));
  });

  it("is in [0, 1] for any scores, however small", () => {
    fc.assert(
      fc.property(anyScores, (scores) => {
        const value = margin("rss", scores);
        expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
    expect(margin("rss", [score("a", -1e6), score("b", -1e6 - Math.log(3))])).toBeCloseTo(0.5, 9);
  });

  it("depends neither on the order of candidates nor on a shift of all scores", () => {
    fc.assert(
      fc.property(anyScores, fc.double({ min: -50, max: 50, noNaN: true }), (scores, shift) => {
        const value = margin("rss", scores);
        expect(margin("rss", [...scores].reverse())).toBeCloseTo(value, 9);
        const shifted = scores.map((each) => ({
          ...each,
          logLikelihood: each.logLikelihood + shift,
        }));
        expect(margin("rss", shifted)).toBeCloseTo(value, 6);
      }),
    );
  });

  it("is 0 for two equal candidates at the top", () => {
    expect(margin("rss", [score("a", -1), score("b", -1), score("c", -9)])).toBe(0);
  });
});

describe("perplexity and nll", () => {
  it("take the second best minus the best, in their own units", () => {
    const scores = [score("a", -2, 2), score("b", -3, 1), score("c", -9, 3)];
    expect(margin("nll", scores)).toBeCloseTo(1, 12);
    // exp(2/2) is the smallest, then exp(3/1) and exp(9/3), which are equal.
    expect(margin("perplexity", scores)).toBeCloseTo(Math.exp(3) - Math.exp(1), 12);
  });
});

describe("channel", () => {
  const heard = (name: string, logLikelihood: number, queryLogLikelihood: number): NameScore => ({
    ...score(name, logLikelihood),
    queryLogLikelihood,
  });

  it("adds the query's share with its weight, and ranks by the sum", () => {
    const scores = [heard("a", -1, -30), heard("b", -2, -28)];
    const estimate = (weight: number) =>
      createEstimator({ kind: "channel", weight }, 1)(scores, "");
    expect(estimate(1).margin).toBeCloseTo(Math.tanh(0.5), 12);
    expect(bestCandidate(estimate(1).candidates).name).toBe("b");
    expect(bestCandidate(estimate(0.1).candidates).name).toBe("a");
    // The trace keeps what was scored, not the sum.
    expect(estimate(1).candidates[0]).toMatchObject({ logLikelihood: -1, queryLogLikelihood: -30 });
  });

  it("rejects scores without a query log-likelihood, and non-finite ones", () => {
    const estimate = createEstimator({ kind: "channel" }, 1);
    expect(() => estimate([heard("a", -1, -30), score("b", -2)], "0-0a1b2c3d")).toThrow(
      expect.objectContaining({
        message: 'candidate "b" of sample 0-0a1b2c3d was scored without the channel',
        code: "CHANNEL_NOT_SCORED",
      }),
    );
    expect(() => estimate([heard("a", -1, Number.NaN)], "0-0a1b2c3d")).toThrow(
      'candidate "a" of sample 0-0a1b2c3d scored NaN',
    );
  });
});

describe("random and trivial", () => {
  it("flags about the requested share of samples, and the same ones for the same seed", () => {
    const estimate = createEstimator({ kind: "random" }, 7);
    const flag = (row: number): boolean =>
      isUncertain(
        { kind: "random" },
        estimate([score("a", -1)], `${row}-0a1b2c3d`),
        effectiveTau({ kind: "random", rate: 0.3 }, 0.95),
      );
    const flags = Array.from({ length: 2000 }, (_, row) => flag(row));
    const count = flags.filter(Boolean).length;
    expect(count > 530 && count < 670).toBe(true);
    expect(Array.from({ length: 2000 }, (_, row) => flag(row))).toEqual(flags);
    const other = createEstimator({ kind: "random" }, 8);
    expect(other([score("a", -1)], "0-0a1b2c3d").margin).not.toBe(
      estimate([score("a", -1)], "0-0a1b2c3d").margin,
    );
  });

  it("flags every sample under trivial, single candidates included", () => {
    const tau = effectiveTau({ kind: "trivial", rate: 0 }, 0.95);
    expect(flags("trivial", [score("a", -1)], tau)).toBe(true);
  });
});

describe("every estimator", () => {
  it("treats a single candidate as certain for any tau", () => {
    const single = [score("a", -3, 2)];
    for (const kind of ["rss", "perplexity", "nll"] as const) {
      for (const tau of [0, 0.95, 1]) expect(flags(kind, single, tau), kind).toBe(false);
    }
    // Margins of perplexities and nats may be large, and so may tau.
    for (const kind of ["perplexity", "nll"] as const) {
      expect(flags(kind, single, 50), kind).toBe(false);
      expect(flags(kind, [score("a", -3, 2), score("b", -4, 2)], 50), kind).toBe(true);
    }
  });

  it.each(kinds)("refuses a sample without candidates (%s)", (kind) => {
    expect(() => margin(kind, [])).toThrow(
      expect.objectContaining({
        message: "sample 0-0a1b2c3d offers no tool",
        code: "SAMPLE_WITHOUT_TOOLS",
      }),
    );
  });

  it.each(kinds)("refuses a score that is no number instead of calling it certain (%s)", (kind) => {
    expect(() => margin(kind, [score("a", -1), score("b", Number.NaN)])).toThrow(
      expect.objectContaining({
        message: 'candidate "b" of sample 0-0a1b2c3d scored NaN',
        code: "SCORE_NOT_FINITE",
      }),
    );
  });

  it.each(kinds)(
    "reports all candidates in order with probabilities that sum to 1 (%s)",
    (kind) => {
      fc.assert(
        fc.property(anyScores, (scores) => {
          const { candidates } = createEstimator({ kind }, 1)(scores, "0-0a1b2c3d");
          expect(candidates.map(({ name }) => name)).toEqual(scores.map(({ name }) => name));
          const total = candidates.reduce((sum, { probability }) => sum + probability, 0);
          expect(total).toBeCloseTo(1, 9);
        }),
      );
    },
  );
});

describe("isUncertain", () => {
  it("flags below tau only, and everything above 1", () => {
    const flag = (margin: number, tau: number): boolean =>
      isUncertain({ kind: "rss" }, { candidates: [], margin }, tau);
    expect(flag(0.95, 0.95)).toBe(false);
    expect(flag(0.9499, 0.95)).toBe(true);
    expect(flag(1, 1.01)).toBe(true);
  });
});

describe("bestCandidate", () => {
  it("takes the largest log-likelihood, the first of equals", () => {
    expect(
      bestCandidate(relativeScores([score("a", -2), score("b", -1), score("c", -1)])).name,
    ).toBe("b");
    expect(() => bestCandidate([])).toThrow("there is no candidate to choose from");
  });
});

describe("softmax and relativeScores", () => {
  it("do not overflow and keep an empty list empty", () => {
    expect(softmax([1000, 1000])).toEqual([0.5, 0.5]);
    expect(softmax([])).toEqual([]);
    expect(relativeScores([score("a", -1000), score("b", -3000)])).toMatchObject([
      { name: "a", probability: 1 },
      { name: "b", probability: 0 },
    ]);
  });
});

describe("estimators of the model's own answer", () => {
  const scores = [score("a", -1), score("b", -2)];
  const answers: AnswerEvidence = {
    likelihood: {
      call: { logLikelihood: Math.log(0.5) * 4, tokenCount: 4 },
      arguments: { logLikelihood: Math.log(0.25), tokenCount: 2 },
      meaning: { mean: 0.75, min: 0.125, tokenCount: 3 },
    },
    agreements: [
      { samples: 3, largest: 1 },
      { samples: 5, largest: 4 },
    ],
  };
  const unreadable: AnswerEvidence = { likelihood: null, agreements: [{ samples: 5, largest: 0 }] };
  type Parameters = Pick<EstimatorSpec, "kind"> & Partial<EstimatorSpec>;
  const judge = (
    spec: Parameters,
    given: AnswerEvidence | undefined,
    names: readonly NameScore[] = scores,
  ) => createEstimator(spec, 1)(names, "0-0a1b2c3d", given);

  it.each<[Parameters, number]>([
    [{ kind: "call-likelihood" }, 0.5],
    [{ kind: "call-likelihood", aggregate: "mean" }, 0.5],
    [{ kind: "call-likelihood", aggregate: "sum" }, 0.0625],
    [{ kind: "argument-likelihood", aggregate: "mean" }, 0.5],
    [{ kind: "argument-likelihood", aggregate: "sum" }, 0.25],
    [{ kind: "mean-token" }, 0.75],
    [{ kind: "min-token" }, 0.125],
    [{ kind: "agreement" }, 0.8],
    [{ kind: "agreement", samples: 3 }, 1 / 3],
  ])("%o has its margin", (spec, expected) => {
    expect(judge(spec, answers).margin).toBeCloseTo(expected, 12);
    // An answer may be wrong in its arguments, so that one tool does not make it certain.
    expect(judge(spec, answers, [score("a", -1)]).margin).toBeCloseTo(expected, 12);
    // The names keep Eq. 4's probabilities.
    expect(judge(spec, answers).candidates).toEqual(judge({ kind: "rss" }, undefined).candidates);
  });

  it.each([
    "call-likelihood",
    "argument-likelihood",
    "mean-token",
    "min-token",
    "agreement",
  ] as const)("%s is least certain of an answer that cannot be read", (kind) => {
    expect(judge({ kind }, unreadable).margin).toBe(0);
  });

  it("is certain of arguments that are not there", () => {
    const none = {
      call: { logLikelihood: -1, tokenCount: 3 },
      meaning: { mean: 1, min: 1, tokenCount: 1 },
    };
    const given = { likelihood: { ...none, arguments: { logLikelihood: 0, tokenCount: 0 } } };
    expect(judge({ kind: "argument-likelihood" }, given).margin).toBe(1);
    expect(judge({ kind: "argument-likelihood", aggregate: "sum" }, given).margin).toBe(1);
  });

  it("flags by tau like all others, a single tool included", () => {
    const single = judge({ kind: "min-token" }, answers, [score("a", -1)]);
    expect(isUncertain({ kind: "min-token" }, single, 0.2)).toBe(true);
    expect(isUncertain({ kind: "min-token" }, single, 0.125)).toBe(false);
  });

  it.each<[Parameters, AnswerEvidence | undefined]>([
    [{ kind: "call-likelihood" }, undefined],
    [{ kind: "min-token" }, { agreements: [{ samples: 5, largest: 5 }] }],
    [{ kind: "agreement" }, { likelihood: null }],
    [{ kind: "agreement", samples: 4 }, answers],
  ])("%o refuses a sample that was scored without it", (spec, given) => {
    expect(() => judge(spec, given)).toThrow(
      expect.objectContaining({
        message: `sample 0-0a1b2c3d was scored without what ${spec.kind} reads of answers`,
        code: "ANSWER_NOT_SCORED",
        hint: "Its calibration ran before a variant used this estimator. Run the config under a new sweep name, or set tau to a number.",
      }),
    );
  });
});
