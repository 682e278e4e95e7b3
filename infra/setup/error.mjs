/** Thrown for every setup failure; printed as one message with the next step. */
export class SetupError extends Error {
  /**
   * @param {string} code stable, upper-case identifier, listed in docs/errors.md
   * @param {string} message what is wrong
   * @param {string} hint what to do next
   */
  constructor(code, message, hint) {
    super(message);
    this.name = "SetupError";
    this.code = code;
    this.hint = hint;
  }
}
