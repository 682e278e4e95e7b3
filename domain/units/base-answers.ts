import type { UnitTrace } from "./trace.js";

/** How many first answers of the base model show whether it can answer in the format at all. */
export const FIRST_ANSWERS = 20;

/** Answers of the base model that were counted, each sample and seed once. */
export interface BaseAnswers {
  readonly answered: number;
  /** Those that could not be read. */
  readonly unreadable: number;
}

/**
 * Whether a unit's answer is the base model's own: nothing trained, no name forced, no example shown. Units of any
 * method and role may have it (`base`, a certain sample of `tt-si`, a calibration unit), since it is the same answer.
 */
export function isBaseAnswer({ answer, demonstrations, synthesis }: UnitTrace): boolean {
  return (
    answer?.from === "base" &&
    answer.forcedName === undefined &&
    demonstrations === undefined &&
    synthesis?.status !== "ok"
  );
}

/** Whether the first answers say that a sweep is not worth its time: half of them or more could not be read. */
export function areUnreadable({ answered, unreadable }: BaseAnswers): boolean {
  return answered >= FIRST_ANSWERS && unreadable * 2 >= answered;
}
