/** What the stored first answers of a sweep's base model say. */
export interface AnswersCheck {
  /** Whether there are enough of them to tell; until then they are looked at again. */
  readonly isKnown: boolean;
  /** Code and sentence with two examples if half of them or more could not be read; else null. */
  readonly reason: string | null;
}
