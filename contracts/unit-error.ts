/** Why a unit failed, as stored and shown. */
export interface UnitError {
  readonly code: string;
  readonly message: string;
}
