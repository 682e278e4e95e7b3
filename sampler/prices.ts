/** US dollars per million tokens. */
export interface TokenPrice {
  readonly prompt: number;
  /** For prompt tokens that the server had cached. */
  readonly cachedPrompt: number;
  /** Reasoning tokens count as completion tokens. */
  readonly completion: number;
}

/**
 * List prices of OpenAI's standard tier. Source: https://platform.openai.com/docs/pricing, as of
 * November 2025. A model that is not listed has no cost, which is better than a wrong one.
 */
const prices: Readonly<Record<string, TokenPrice>> = {
  "gpt-5": { prompt: 1.25, cachedPrompt: 0.125, completion: 10 },
  "gpt-5-mini": { prompt: 0.25, cachedPrompt: 0.025, completion: 2 },
  "gpt-5-nano": { prompt: 0.05, cachedPrompt: 0.005, completion: 0.4 },
  "gpt-4.1": { prompt: 2, cachedPrompt: 0.5, completion: 8 },
  "gpt-4.1-mini": { prompt: 0.4, cachedPrompt: 0.1, completion: 1.6 },
  "gpt-4.1-nano": { prompt: 0.1, cachedPrompt: 0.025, completion: 0.4 },
  "gpt-4o": { prompt: 2.5, cachedPrompt: 1.25, completion: 10 },
  "gpt-4o-mini": { prompt: 0.15, cachedPrompt: 0.075, completion: 0.6 },
};

/** Price of a model by name, with or without a snapshot date (`gpt-5-mini-2025-08-07`). */
function findPrice(model: string): TokenPrice | undefined {
  const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
  return Object.hasOwn(prices, name) ? prices[name] : undefined;
}

/**
 * Cost of one answer in US dollars; `cachedTokens` are part of `promptTokens`. Undefined if the
 * price is unknown.
 */
export function costOf(
  model: string,
  promptTokens: number,
  completionTokens: number,
  cachedTokens = 0,
): number | undefined {
  const price = findPrice(model);
  if (price === undefined) return undefined;
  const fresh = Math.max(0, promptTokens - cachedTokens);
  return (
    (fresh * price.prompt +
      cachedTokens * price.cachedPrompt +
      completionTokens * price.completion) /
    1e6
  );
}
