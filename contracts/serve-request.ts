import type { SampleInput } from "./sample-input.js";

/** Input of the workflow that answers one served request. */
export interface ServeRequestInput {
  /** Key of the request's row in the store. */
  readonly requestKey: string;
  /** The request as a unit: its sample is in the store, like that of a sweep. */
  readonly sample: SampleInput;
  /** When the request was accepted, ISO 8601, UTC; the budget counts from here. */
  readonly acceptedAt: string;
  /** Milliseconds until the base model's answer is given instead; absent: as long as it takes. */
  readonly budgetMs?: number;
  /** Keep only the first call of the answer. */
  readonly oneCall: boolean;
}
