import type { PartitionReport } from "../contracts/messages.js";
import type { SampleResult } from "../contracts/sample-input.js";
import type { UnitError } from "../contracts/unit-error.js";
import { FIRST_ANSWERS } from "../domain/units/base-answers.js";
import type { PlannedUnit } from "../domain/units/unit.js";

/** What a partition counts of a unit's end. */
export interface CountedEnd {
  /** Why it failed; null if it was answered. */
  readonly error: UnitError | null;
  /** Null if it failed, or was answered for an earlier partition. */
  readonly result: SampleResult | null;
}

/** The initial report of a partition. */
export function emptyReport(partition: number): PartitionReport {
  return { partition, answered: 0, failed: 0, firstError: null, sameError: true };
}

/** Whether a partition has counted as many base answers as a check needs. */
export function knowsFirstAnswers({ baseAnswers }: PartitionReport): boolean {
  return (baseAnswers?.answered ?? 0) >= FIRST_ANSWERS;
}

/** Counts the ends of a partition's units. */
export class UnitCounts {
  /** Samples and seeds whose base answer is counted. */
  readonly #counted = new Set<string>();

  /** Returns `report` with one more unit. */
  add(report: PartitionReport, unit: PlannedUnit, { error, result }: CountedEnd): PartitionReport {
    return this.#addAnswer(addEnd(report, error), unit, result);
  }

  /** Counts the base model's first answers, each sample and seed once, because variants share them. */
  #addAnswer(
    before: PartitionReport,
    unit: PlannedUnit,
    result: SampleResult | null,
  ): PartitionReport {
    const { answered, unreadable } = before.baseAnswers ?? { answered: 0, unreadable: 0 };
    const answer = `${unit.seed}/${unit.dataset}/${unit.sampleKey}`;
    if (result?.fromBase !== true || answered === FIRST_ANSWERS || this.#counted.has(answer)) {
      return before;
    }
    this.#counted.add(answer);
    const isBad = result.outcome === "unparsable";
    const baseAnswers = { answered: answered + 1, unreadable: unreadable + (isBad ? 1 : 0) };
    return { ...before, baseAnswers };
  }
}

function addEnd(report: PartitionReport, error: UnitError | null): PartitionReport {
  if (error === null) return { ...report, answered: report.answered + 1 };
  return {
    ...report,
    failed: report.failed + 1,
    firstError: report.firstError ?? error,
    sameError:
      report.sameError && (report.firstError === null || report.firstError.code === error.code),
  };
}
