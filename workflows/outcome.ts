import type { SearchAttributePair } from "@temporalio/common";
import type { RecordResultResult } from "../contracts/steps/record-result.js";
import type { UnitError } from "../contracts/unit-error.js";
import { searchAttributes } from "../contracts/search-attributes.js";
import { describeOutcome } from "../domain/units/describe-outcome.js";
import type { UnitRun } from "./unit-run.js";

/** What the Temporal UI lists of an ended unit. */
export interface UnitFacts {
  readonly variant: string;
  /** "right", "wrong", "unparsable" or "failed". */
  readonly outcome: string;
  readonly isAdapted: boolean;
  readonly isUncertain: boolean;
  readonly margin?: number;
  readonly synthesisAttempts?: number;
  readonly gpuWorker?: string;
  readonly errorCode?: string;
}

/** Reads the facts of a unit that has been recorded. */
export function factsOf(run: UnitRun, result: RecordResultResult, error?: UnitError): UnitFacts {
  const { uncertainty, synthesis, training, answer, timings } = run.trace;
  const answered = timings.findLast(({ step }) => step === "infer");
  return {
    variant: run.input.variant.name,
    outcome: describeOutcome(result),
    isAdapted: answer !== undefined && training !== undefined,
    isUncertain: uncertainty?.uncertain === true,
    ...(uncertainty && { margin: Math.round(uncertainty.margin * 1000) / 1000 }),
    ...(synthesis && { synthesisAttempts: synthesis.attempts.length }),
    ...(answered && answered.reusedFrom === undefined && { gpuWorker: answered.worker }),
    ...(error && { errorCode: error.code }),
  };
}

/** Search attributes of a workflow that ran one or more units, in plan order. */
export function attributesOf(facts: readonly UnitFacts[]): SearchAttributePair[] {
  const margin = facts.find((unit) => unit.margin !== undefined)?.margin;
  const worker = facts.findLast(({ gpuWorker }) => gpuWorker !== undefined)?.gpuWorker;
  const code = facts.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
  const attempts = facts.flatMap(({ synthesisAttempts }) => synthesisAttempts ?? []);
  const path = facts.some(({ isAdapted }) => isAdapted)
    ? "adapted"
    : facts.some(({ isUncertain }) => isUncertain)
      ? "uncertain"
      : "certain";
  return [
    { key: searchAttributes.outcome, value: combineOutcomes(facts) },
    { key: searchAttributes.path, value: path },
    ...(margin === undefined ? [] : [{ key: searchAttributes.margin, value: margin }]),
    ...(attempts.length === 0
      ? []
      : [
          {
            key: searchAttributes.synthesisAttempts,
            value: attempts.reduce((sum, count) => sum + count, 0),
          },
        ]),
    ...(worker === undefined ? [] : [{ key: searchAttributes.gpuWorker, value: worker }]),
    ...(code === undefined ? [] : [{ key: searchAttributes.errorCode, value: code }]),
  ];
}

/** The search attribute that lists the outcomes of a sample's units by variant. */
export function outcomesAttribute(facts: readonly UnitFacts[]): SearchAttributePair {
  const outcomes = new Set(facts.map(({ variant, outcome }) => `${variant} ${outcome}`));
  return { key: searchAttributes.outcomes, value: [...outcomes] };
}

function combineOutcomes(facts: readonly UnitFacts[]): string {
  const outcomes = new Set(facts.map(({ outcome }) => outcome));
  if (outcomes.has("failed")) return "failed";
  const [only] = outcomes;
  return outcomes.size === 1 && only !== undefined ? only : "mixed";
}
