import type { UnitTrace } from "./trace.js";

/** Number of first answers that show whether the base model can answer in the format. */
export const FIRST_ANSWERS = 20;

/** Counted answers of the base model, each sample and seed once. */
export interface BaseAnswers {
  readonly answered: number;
  /** Answers that could not be read. */
  readonly unreadable: number;
}

/**
 * Whether a unit's answer is the base model's own: no training, no forced name, no examples. Units of any method and
 * role may have one (`base`, a certain sample of `tt-si`, a calibration unit), because it is the same answer.
 */
export function isBaseAnswer({ answer, demonstrations, synthesis }: UnitTrace): boolean {
  return (
    answer?.from === "base" &&
    answer.forcedName === undefined &&
    demonstrations === undefined &&
    synthesis?.status !== "ok"
  );
}

/** Whether half or more of the first answers could not be read, so that the sweep should stop. */
export function areUnreadable({ answered, unreadable }: BaseAnswers): boolean {
  return answered >= FIRST_ANSWERS && unreadable * 2 >= answered;
}
