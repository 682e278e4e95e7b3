/** What an error code says. Texts are cells of a table in docs/errors.md, in Markdown. */
export interface CodeRecord {
  readonly meaning: string;
  /** What a user does next. */
  readonly next: string;
  /** Whether the same call can succeed later without anyone changing anything; a thrower may know better. */
  readonly retryable: boolean;
  /** `error.code` of the engine's responses that become this error (`exceptions.py`). */
  readonly engineCodes?: readonly string[];
}
