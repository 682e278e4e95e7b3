import { expect, it } from "vitest";
import { explainAnswers } from "../../../../domain/uncertainty/explain-answers.js";

it("says what was read of the model's own answers, a line each", () => {
  const meaning = { mean: 0.9, min: 0.25, tokenCount: 3 };
  expect(
    explainAnswers({
      likelihood: {
        call: { logLikelihood: 4 * Math.log(0.5), tokenCount: 4 },
        arguments: { logLikelihood: 0, tokenCount: 0 },
        meaning,
      },
      agreements: [{ samples: 5, largest: 4 }],
    }),
  ).toEqual([
    "own answer: call 0.500 per token, log-likelihood -2.77 over 4 tokens; arguments none; names and values 0.900 on average, at least 0.250",
    "4 of 5 drawn answers agree",
  ]);
  expect(explainAnswers({ likelihood: null })).toEqual(["own answer: cannot be read"]);
  expect(explainAnswers({})).toEqual([]);
  expect(explainAnswers(undefined)).toEqual([]);
});
