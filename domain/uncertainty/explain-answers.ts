import type { AnswerEvidence, AnswerLikelihood, TokenSum } from "./answer-evidence.js";

/** One line for each thing that H read of the base model's own answers; none if it read nothing. */
export function explainAnswers({ likelihood, agreements = [] }: AnswerEvidence = {}): string[] {
  return [
    ...(likelihood === undefined ? [] : [`own answer: ${explainLikelihood(likelihood)}`]),
    ...agreements.map(({ samples, largest }) => `${largest} of ${samples} drawn answers agree`),
  ];
}

function explainLikelihood(likelihood: AnswerLikelihood | null): string {
  if (likelihood === null) return "cannot be read";
  const { call, arguments: values, meaning } = likelihood;
  const average = `names and values ${meaning.mean.toFixed(3)} on average, at least ${meaning.min.toFixed(3)}`;
  return `call ${explainSum(call)}; arguments ${explainSum(values)}; ${average}`;
}

/** The geometric mean, as the estimators have it by default. */
function explainSum({ logLikelihood, tokenCount }: TokenSum): string {
  if (tokenCount === 0) return "none";
  const mean = Math.exp(logLikelihood / tokenCount).toFixed(3);
  return `${mean} per token, log-likelihood ${logLikelihood.toFixed(2)} over ${tokenCount} tokens`;
}
