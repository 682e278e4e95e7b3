import type { SyntheticPair } from "../../domain/units/trace.js";
import { bestCandidate, createEstimator } from "../../domain/uncertainty/uncertainty.js";
import type { EngineClient } from "../../engine-client/engine-client.js";
import type { RequestOptions } from "../../engine-client/http.js";
import { scoreNames, scoreQueries } from "./candidate-scores.js";
import type { StepContext } from "./step-context.js";
import { addQueryScores } from "./step-values.js";

/**
 * Verification: whether the estimator prefers the tool of the pair's first call for the pair's new query. A pair
 * without calls passes.
 */
export async function prefersOwnTool(
  engine: EngineClient,
  context: StepContext,
  pair: SyntheticPair,
  kind: "rss" | "channel" | "none",
  options: RequestOptions,
): Promise<boolean> {
  const [call] = pair.output;
  if (call === undefined || kind === "none") return true;
  const { sample } = context;
  const asked = context.style.pairSample(sample, pair);
  const names = await scoreNames(engine, context, asked, options);
  const queries = kind === "channel" ? await scoreQueries(engine, asked, options) : null;
  const { candidates } = createEstimator({ kind }, 0)(addQueryScores(names, queries), sample.key);
  return bestCandidate(candidates).name === call.name;
}

/** Scores a pair under the model or a live adapter: mean log-likelihood per token of its answer to its query, nats. */
export async function scorePair(
  engine: EngineClient,
  { sample, style }: StepContext,
  pair: SyntheticPair,
  { adapterId, ...options }: RequestOptions & { readonly adapterId?: string },
): Promise<number> {
  const { scores } = await engine.score(
    {
      model: adapterId ?? (await engine.baseModel(options)),
      ...style.answerPrompt(style.pairSample(sample, pair)),
      answerPrefix: "",
      candidates: [style.format.render(pair.output)],
      suffix: "",
    },
    options,
  );
  const [score] = scores;
  return score === undefined ? Number.NEGATIVE_INFINITY : score.logLikelihood / score.tokenCount;
}
