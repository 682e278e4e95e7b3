import type { PartitionReport } from "../contracts/messages.js";
import { FIRST_ANSWERS } from "../domain/units/base-answers.js";

/** Failures reported one by one; after that, each time that there are a quarter more of them. */
const REPORT_EACH = 10;
const GROWTH = 1.25;

/** Failures that earlier versions reported one by one; after that, every tenth. */
const EARLIER_REPORT_EACH = 100;

/** A partition's counts when it last reported, and after one more unit. */
export interface Counts {
  readonly reported: PartitionReport;
  readonly now: PartitionReport;
  readonly partitions: number;
}

/**
 * Whether the root needs a partition's new counts. Each report is a line in the root's timeline, so there are few: the
 * first answer, each share of the base model's first answers (partitions differ in size), and failures. `isInformed`: the root knows of answers from an earlier phase and needs failures only.
 */
export function isWorthReporting(
  { reported, now, partitions }: Counts,
  isInformed: boolean,
): boolean {
  if (isMoreFailures(reported.failed, now.failed)) return true;
  if (isInformed) return false;
  if (reported.answered === 0 && now.answered > 0) return true;
  const share = Math.ceil(FIRST_ANSWERS / partitions);
  const sharesOf = (report: PartitionReport): number =>
    Math.floor((report.baseAnswers?.answered ?? 0) / share);
  return sharesOf(now) > sharesOf(reported);
}

/** Whether the root needs the counts of a partition at its end: it has base answers that the root does not know of. */
export function isWorthReportingLast(
  { reported, now }: Pick<Counts, "reported" | "now">,
  isInformed: boolean,
): boolean {
  const told = reported.baseAnswers?.answered ?? 0;
  return !isInformed && (now.baseAnswers?.answered ?? 0) > told;
}

function isMoreFailures(told: number, failed: number): boolean {
  if (failed <= told) return false;
  return failed <= REPORT_EACH || failed >= told * GROWTH;
}

/** The rule of earlier versions, by which their histories replay; `reported` are the counts when the unit started. */
export function wasWorthReporting({ reported: before, now, partitions }: Counts): boolean {
  if (before.answered === 0 && now.answered > 0) return true;
  const answered = now.baseAnswers?.answered ?? 0;
  const isNew = answered > (before.baseAnswers?.answered ?? 0);
  const isShare = answered % Math.ceil(FIRST_ANSWERS / partitions) === 0;
  if (isNew && (isShare || answered === FIRST_ANSWERS)) return true;
  if (now.failed === before.failed) return false;
  return now.failed <= EARLIER_REPORT_EACH || now.failed % 10 === 0;
}
