import { CONFIG_DEFAULTS } from "../../domain/config/defaults.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { FitRow } from "../../domain/formats/format-fit.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import type { Gold, Sample } from "../../domain/samples/sample.js";
import { judgeAnswer } from "../../domain/scoring/judge-answer.js";
import { EngineClient } from "../../engine-client/engine-client.js";
import type { RequestOptions } from "../../engine-client/http.js";
import { getPromptStyle } from "../../prompts/index.js";
import type { PromptStyle } from "../../prompts/types.js";

/** Requests in flight: the engine batches them. */
const IN_FLIGHT = 8;

/** One query of a fit; with gold only where accuracy is asked for. */
export interface FitQuery {
  readonly sample: Sample;
  readonly gold?: Gold;
}

/** A prompt and a format to try. */
export interface FitCandidate {
  readonly prompt: string;
  readonly format: string;
}

/** Where a fit is measured, and whom to tell. */
export interface FitEngine {
  /** The engine's URL, without `/v1`. */
  readonly url: string;
  /** Fingerprint of the model; an engine with another one is refused. */
  readonly fingerprint: string;
  /** Called after each row. */
  readonly onRow?: (row: FitRow) => void;
}

/**
 * Measures every candidate on the same queries, one after the other, with greedy decoding. Throws the engine's errors.
 */
export async function measureFit(
  candidates: readonly FitCandidate[],
  queries: readonly FitQuery[],
  { url, fingerprint, onRow }: FitEngine,
): Promise<FitRow[]> {
  const engine = new EngineClient({ baseUrl: url });
  const options = { expectedFingerprint: fingerprint };
  const rows: FitRow[] = [];
  for (const { prompt, format } of candidates) {
    const style = getPromptStyle(prompt, format);
    const tried = await inTurn(queries, (query) => tryQuery(engine, style, query, options));
    const row: FitRow = {
      ...{ prompt, format, queries: tried.length },
      readable: tried.filter(({ readable }) => readable).length,
      openingLogLikelihood: mean(tried.flatMap(({ opening }) => opening ?? [])),
      correct: tried.some(({ correct }) => correct === null)
        ? null
        : tried.filter(({ correct }) => correct).length,
      example: tried[0]?.text ?? "",
    };
    rows.push(row);
    onRow?.(row);
  }
  return rows;
}

interface Tried {
  readonly text: string;
  readonly readable: boolean;
  /** Log-likelihood per token; null if the prompt does not fit into the model's context. */
  readonly opening: number | null;
  readonly correct: boolean | null;
}

async function tryQuery(
  engine: EngineClient,
  style: PromptStyle,
  { sample, gold }: FitQuery,
  options: RequestOptions,
): Promise<Tried> {
  const asked = await ask(engine, style, sample, options).catch(forgiveLength);
  if (asked === null) {
    return { text: "", readable: false, opening: null, correct: gold === undefined ? null : false };
  }
  const parsed = parseAnswer(asked.text);
  return {
    ...asked,
    readable: isReadable(parsed),
    correct: gold === undefined ? null : judgeAnswer(parsed, gold, sample.tools).correct,
  };
}

/** One greedy answer, and the opening's log-likelihood per token. The second request reuses the first one's prompt. */
async function ask(
  engine: EngineClient,
  style: PromptStyle,
  sample: Sample,
  options: RequestOptions,
): Promise<Pick<Tried, "text" | "opening">> {
  const request = { model: await engine.baseModel(options), ...style.answerPrompt(sample) };
  const { maxTokens } = CONFIG_DEFAULTS.inference;
  const answer = await engine.chat(
    { ...request, temperature: 0, seed: 0, max_tokens: maxTokens },
    options,
  );
  const { scores } = await engine.score(
    { ...request, answerPrefix: "", candidates: [style.format.opening], suffix: "" },
    options,
  );
  const [score] = scores;
  return {
    text: answer.choices[0]?.message.content ?? "",
    opening: score === undefined ? null : score.logLikelihood / Math.max(1, score.tokenCount),
  };
}

/** A prompt that is too long for the model is a fault of the candidate, not of the fit. */
function forgiveLength(error: unknown): null {
  if (error instanceof WhetstoneError && error.code === "ENGINE_CONTEXT_LENGTH_EXCEEDED")
    return null;
  throw error;
}

function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Maps with a limited number of requests in flight; keeps the order. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await map(item);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return results;
}
