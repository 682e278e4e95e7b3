import { acceptRefusal } from "../../domain/scoring/accept-refusal.js";
import { judgeAnswer } from "../../domain/scoring/judge-answer.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import { isBase } from "../../domain/methods/methods.js";
import { unitKey } from "../../domain/identity/unit-key.js";
import { shortenText } from "../../domain/text/cut-text.js";
import { isBaseAnswer } from "../../domain/units/base-answers.js";
import { describeOutcome } from "../../domain/units/describe-outcome.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import type { ResultRow, Store, SweepRecord } from "../../store/store.js";
import type { UnitError } from "../../contracts/unit-error.js";
import type { CpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import { sampleMissing } from "../support/step-context.js";
import type {
  BaseResult,
  RecordResultInput,
  RecordResultResult,
  RecordActivities,
} from "../../contracts/steps/record-result.js";

/** Characters of the base model's answer that an adapted unit's history keeps. */
const BASE_ANSWER_LENGTH = 600;

/** Creates `recordResult`. */
export function createRecordActivities(dependencies: CpuDependencies): RecordActivities {
  return { recordResult: withFailures((input) => recordResult(dependencies, input)) };
}

/**
 * Scores the unit's first answer against gold and writes its row; with an `error`, writes a `failed` row, which never
 * counts as wrong. Idempotent: repeating it for the same run writes the same row.
 */
export async function recordResult(
  { store, toolVersion }: CpuDependencies,
  input: RecordResultInput,
): Promise<RecordResultResult> {
  const { unit, trace } = input;
  const [sample, gold, previous, sweep] = await Promise.all([
    store.getSample(unit.dataset, unit.sampleKey),
    store.getGold(unit.dataset, unit.sampleKey),
    store.getResult(unit.key),
    store.getSweep(unit.sweep),
  ]);
  if (sample === null || gold === null) throw sampleMissing(unit.dataset, unit.sampleKey);
  const { uncertainty, synthesis, answer } = trace;
  const { key, ...reference } = unit;
  const common = {
    unitKey: key,
    ...reference,
    margin: uncertainty?.margin ?? null,
    uncertain: uncertainty?.uncertain ?? null,
    synthesisStatus: synthesis?.status ?? null,
    synthesisAttempts: synthesis?.attempts.length ?? 0,
    candidateCount: sample.tools.length,
    attempt: nextAttempt(previous, input.runId),
    startedAt: input.startedAt,
    finishedAt: input.finishedAt,
    runId: input.runId,
    toolVersion,
    engineVersion: answer?.engineVersion ?? "",
    trace,
  };
  if (input.error !== undefined || answer === undefined) {
    const error = input.error ?? {
      code: "NO_ANSWER",
      message: "The unit ended without an answer.",
    };
    await store.putResult({ ...common, ...failedColumns(error) });
    return { outcome: "failed", correct: false, verdict: "" };
  }
  const read = parseAnswer(answer.texts[0] ?? "");
  const parsed = acceptRefusal(read, gold, sweep?.config.refusals);
  const verdict = judgeAnswer(parsed, gold, sample.tools);
  const readable = isReadable(parsed);
  const outcome = readable ? "scored" : "unparsable";
  await store.putResult({
    ...common,
    outcome,
    correct: verdict.correct,
    correctStrict: verdict.correctStrict,
    calls: readable
      ? parsed.calls.map(({ name, arguments: given }) => ({ name, arguments: given }))
      : null,
    verdict: verdict.reason,
    repaired: readable && parsed.repaired,
    adapted: answer.from === "adapter",
    errorCode: null,
    errorMessage: null,
  });
  const base = isBaseAnswer(trace) || sweep === null ? null : await findBase(store, sweep, unit);
  return {
    outcome,
    correct: verdict.correct,
    verdict: verdict.reason,
    ...(base && { base }),
  };
}

/** The answer of the sweep's `base` variant to the unit's sample, to show beside the unit's own. */
async function findBase(
  store: Store,
  { config }: SweepRecord,
  unit: PlannedUnit,
): Promise<BaseResult | null> {
  const variant = config.variants.find(({ method }) => isBase(method));
  if (variant === undefined) return null;
  const row = await store.getResult(unitKey({ ...unit, variant: variant.name }));
  const text = row?.trace.answer?.texts[0];
  if (row === null || text === undefined) return null;
  const { outcome, correct } = row;
  const verdict = `${describeOutcome({ outcome, correct: correct === true })} ${row.verdict}`;
  return { text: shortenText(text, BASE_ANSWER_LENGTH), verdict: verdict.trim() };
}

function failedColumns(
  error: UnitError,
): Pick<
  ResultRow,
  | "outcome"
  | "correct"
  | "correctStrict"
  | "calls"
  | "verdict"
  | "repaired"
  | "adapted"
  | "errorCode"
  | "errorMessage"
> {
  return {
    outcome: "failed",
    correct: null,
    correctStrict: null,
    calls: null,
    verdict: "",
    repaired: false,
    adapted: false,
    errorCode: error.code,
    errorMessage: error.message,
  };
}

/** 1 for the first run, plus one for each later run; a repeated write of the same run does not count. */
function nextAttempt(previous: ResultRow | null, runId: string): number {
  if (previous === null) return 1;
  return previous.runId === runId ? previous.attempt : previous.attempt + 1;
}
