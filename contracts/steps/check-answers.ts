/** Result of checking the first stored answers of a sweep's base model. */
export interface AnswersCheck {
  /** Whether there are enough answers to judge; until then, the check is repeated. */
  readonly isKnown: boolean;
  /** Code and sentence with two examples if half or more of them could not be read; else null. */
  readonly reason: string | null;
}
