/** Exit codes that scripts can rely on. */
export const exitCodes = {
  ok: 0,
  /** Wrong usage, config or environment: nothing ran, or the run could not continue. */
  usage: 1,
  /** The sweep ended with more failures than its config allows. */
  failures: 2,
  /** `status`: the sweep runs but does not go on by itself. */
  stalled: 3,
  /** Interrupted; the same command resumes. */
  interrupted: 130,
} as const;
