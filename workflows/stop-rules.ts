import type { RunSettings } from "../domain/config/config.js";
import { FIRST_ANSWERS } from "../domain/units/base-answers.js";
import type { PartitionReport } from "../contracts/messages.js";
import type { ErrorCode } from "../domain/errors/codes.js";

/** Errors that every later unit would repeat, at a cost. The sweep stops at the first. */
const HOPELESS: ReadonlySet<string> = new Set<ErrorCode>([
  "SAMPLER_KEY_REFUSED",
  "SAMPLER_KEY_MISSING",
  "SAMPLER_QUOTA_EXCEEDED",
  "ENGINE_UNAUTHORIZED",
  "GOLD_FORBIDDEN",
]);

/** Whether an error means that no later unit can succeed. */
export function isHopeless(code: string): boolean {
  return HOPELESS.has(code);
}

/** Whether the partitions have counted enough of the base model's answers to check them. */
export function hasFirstAnswers(reports: readonly PartitionReport[]): boolean {
  const answered = reports.reduce((sum, each) => sum + (each.baseAnswers?.answered ?? 0), 0);
  return answered >= FIRST_ANSWERS;
}

/**
 * Why a sweep should start no more units, or null: more units failed than `failOnError` allows (a share of the
 * `planned` units if below 1, else a number), or the first `stopAfterSameError` units all failed with the same
 * error.
 */
export function findStopReason(
  reports: readonly PartitionReport[],
  planned: number,
  rules: Pick<RunSettings, "failOnError" | "stopAfterSameError">,
): string | null {
  const failed = reports.reduce((sum, report) => sum + report.failed, 0);
  const answered = reports.reduce((sum, report) => sum + report.answered, 0);
  const errors = reports.flatMap(({ firstError }) => (firstError ? [firstError] : []));
  const [first] = errors;
  if (first === undefined) return null;

  const hopeless = errors.find(({ code }) => isHopeless(code));
  if (hopeless) return `${hopeless.code}: ${hopeless.message}`;
  const same =
    reports.every(({ sameError }) => sameError) && errors.every(({ code }) => code === first.code);
  if (answered === 0 && same && failed >= rules.stopAfterSameError) {
    return `The first ${failed} units all failed with ${first.code}: ${first.message}`;
  }
  const limit = rules.failOnError < 1 ? rules.failOnError * planned : rules.failOnError;
  if (failed > limit) {
    return `${failed} of ${planned} units failed, more than failOnError: ${rules.failOnError} allows; the first with ${first.code}: ${first.message}`;
  }
  return null;
}
