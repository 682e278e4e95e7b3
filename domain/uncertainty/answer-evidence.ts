import { locateCalls } from "../formats/locate-calls.js";
import type { Span } from "../formats/outline-calls.js";
import { isReadable, parseAnswer } from "../formats/parse-answer.js";
import { canonicalCalls } from "../scoring/combine-answers.js";

/** Version of the rules by which answers are read here; part of the config hash of sweeps that use them. */
export const ANSWER_EVIDENCE_VERSION = "answer-evidence-v1";

/** A token of an answer. */
export interface AnswerToken {
  /** Where it lies in the answer, `[start, end)` in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Nats. */
  readonly logLikelihood: number;
}

/** Tokens of a part of an answer. */
export interface TokenSum {
  /** Summed log-probability, nats. */
  readonly logLikelihood: number;
  readonly tokenCount: number;
}

/** How likely the model finds its own greedy answer. */
export interface AnswerLikelihood {
  /** The outermost brackets around the calls, and all between; the whole answer if it has no call. */
  readonly call: TokenSum;
  /** The values of arguments; no token if there are none. */
  readonly arguments: TokenSum;
  /** Probabilities of the tokens of names and argument values; of all tokens of the call text if there are none. */
  readonly meaning: { readonly mean: number; readonly min: number; readonly tokenCount: number };
}

/** How many drawn answers make the same calls. */
export interface Agreement {
  readonly samples: number;
  /** Answers that make the most frequent calls; 0 if none can be read. */
  readonly largest: number;
}

/** What H knows of the base model's own answers. */
export interface AnswerEvidence {
  /** Null if the answer cannot be read. */
  readonly likelihood?: AnswerLikelihood | null;
  /** One for each number of samples that some estimator asks for. */
  readonly agreements?: readonly Agreement[];
}

/**
 * The likelihood of an answer by its tokens; null if no calls can be read from it. A token counts for every part that
 * it shares a character with, so one that holds a quote and a value's beginning is the value's. Calls that the text
 * does not show as they were read count by the whole answer.
 */
export function measureAnswer(
  text: string,
  tokens: readonly AnswerToken[],
): AnswerLikelihood | null {
  const parsed = parseAnswer(text);
  if (!isReadable(parsed) || tokens.length === 0) return null;
  const everything = [{ start: 0, end: text.length }];
  const places = locateCalls(text, parsed.calls);
  const within = (spans: readonly Span[]): readonly AnswerToken[] => pickTokens(tokens, spans);
  const call = within(places ? [places.whole] : everything);
  const hasCalls = parsed.calls.length > 0;
  const meaning = places ? within([...places.names, ...places.values]) : call;
  return {
    call: sumTokens(call),
    arguments: sumTokens(places ? within(places.values) : hasCalls ? call : []),
    meaning: averageTokens(meaning),
  };
}

/** Counts the answers that make the most frequent calls; calls are equal as in majority voting. */
export function measureAgreement(texts: readonly string[]): Agreement {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const parsed = parseAnswer(text);
    if (!isReadable(parsed)) continue;
    const calls = canonicalCalls(parsed.calls);
    counts.set(calls, (counts.get(calls) ?? 0) + 1);
  }
  return { samples: texts.length, largest: Math.max(0, ...counts.values()) };
}

function pickTokens(tokens: readonly AnswerToken[], spans: readonly Span[]): AnswerToken[] {
  return tokens.filter((token) =>
    spans.some(({ start, end }) => token.start < end && token.end > start),
  );
}

function sumTokens(tokens: readonly AnswerToken[]): TokenSum {
  return {
    logLikelihood: tokens.reduce((sum, token) => sum + token.logLikelihood, 0),
    tokenCount: tokens.length,
  };
}

function averageTokens(tokens: readonly AnswerToken[]): AnswerLikelihood["meaning"] {
  const probabilities = tokens.map(({ logLikelihood }) => Math.exp(logLikelihood));
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  return {
    mean: sum / tokens.length,
    min: Math.min(...probabilities),
    tokenCount: tokens.length,
  };
}
