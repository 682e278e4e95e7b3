import type { InferenceSpec } from "../../domain/config/variant.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import type { Agreement, AnswerEvidence } from "../../domain/uncertainty/answer-evidence.js";
import { measureAgreement, measureAnswer } from "../../domain/uncertainty/answer-evidence.js";
import type { EvidenceNeeds } from "../../domain/uncertainty/evidence-needs.js";
import { greedyInference, sampledInference } from "../../domain/uncertainty/evidence-needs.js";
import type { SharedValue } from "./shared-steps.js";
import type { StoredAnswer, StoredQueryScores, StoredScores, StoredTokens } from "./step-values.js";
import { addQueryScores } from "./step-values.js";

/** A step's value; null if it is unknown and not to be computed. */
type Obtained<Value> = Promise<SharedValue<Value> | null>;

/** Where H's evidence comes from: computed if need be, or only looked up. */
export interface EvidenceSource {
  names(): Obtained<StoredScores>;
  queries(): Obtained<StoredQueryScores>;
  /** The base model's answers with these settings. */
  answer(inference: InferenceSpec): Obtained<StoredAnswer>;
  /** Tokens of a text as the base model's answer. */
  tokens(text: string): Obtained<StoredTokens>;
}

/** What H's estimators judge. */
export interface Evidence {
  readonly scores: StoredScores;
  readonly answers?: AnswerEvidence;
  /** Unit that computed the scores, if other units computed everything. */
  readonly reusedFrom?: string;
}

/**
 * Collects what estimators need of a sample; null as soon as a step of it is unknown.
 *
 * @param inference - how the unit answers; needed for what is read of answers
 */
export async function collectEvidence(
  source: EvidenceSource,
  needs: EvidenceNeeds,
  inference?: InferenceSpec,
): Promise<Evidence | null> {
  const parts: SharedValue<unknown>[] = [];
  const take = async <Value>(obtained: Obtained<Value>): Promise<SharedValue<Value> | null> => {
    const part = await obtained;
    if (part !== null) parts.push(part);
    return part;
  };
  const names = await take(source.names());
  const queries = needs.queries ? await take(source.queries()) : undefined;
  if (names === null || queries === null) return null;
  const scores = addQueryScores(names.value, queries?.value ?? null);
  const answers = inference ? await collectAnswers(source, needs, inference, take) : {};
  if (answers === null) return null;
  const isReused = parts.every(({ reusedFrom }) => reusedFrom !== undefined);
  return {
    scores,
    ...(Object.keys(answers).length > 0 && { answers }),
    ...(isReused && names.reusedFrom !== undefined && { reusedFrom: names.reusedFrom }),
  };
}

async function collectAnswers(
  source: EvidenceSource,
  { tokens, samples }: EvidenceNeeds,
  inference: InferenceSpec,
  take: <Value>(obtained: Obtained<Value>) => Promise<SharedValue<Value> | null>,
): Promise<AnswerEvidence | null> {
  let evidence: AnswerEvidence = {};
  if (tokens) {
    const greedy = await take(source.answer(greedyInference(inference)));
    if (greedy === null) return null;
    const [text = ""] = greedy.value.answer.texts;
    // What cannot be read is uncertain whatever its tokens are.
    const scored = isReadable(parseAnswer(text)) ? await take(source.tokens(text)) : undefined;
    if (scored === null) return null;
    evidence = { likelihood: scored ? measureAnswer(text, scored.value) : null };
  }
  const agreements: Agreement[] = [];
  for (const count of samples) {
    const drawn = await take(source.answer(sampledInference(inference, count)));
    if (drawn === null) return null;
    agreements.push(measureAgreement(drawn.value.answer.texts));
  }
  return agreements.length > 0 ? { ...evidence, agreements } : evidence;
}
