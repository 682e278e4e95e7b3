import type { ServedAnswer, ServedFrom } from "../../domain/served/served-answer.js";
import type { AnswerTrace, UnitTrace } from "../../domain/units/trace.js";
import type { UnitError } from "../unit-error.js";

/** Input of `settleAnswer`. */
export interface SettleAnswerInput {
  readonly requestKey: string;
  readonly from: ServedFrom;
  /** Every step so far, with the answer to give. */
  readonly trace: UnitTrace;
  /** The base model's answer, to compare with, if another one is given; absent if it is not known yet. */
  readonly base?: AnswerTrace;
  /** Most tokens that the answer could have. */
  readonly maxTokens: number;
  readonly oneCall: boolean;
  /** Temporal run id of the request's workflow. */
  readonly runId: string;
  /** Why the base model answers instead of the method; absent: the method answers. */
  readonly error?: UnitError;
}

/** Input of `recordBaseAnswer`. */
export interface RecordBaseAnswerInput extends Pick<
  SettleAnswerInput,
  "requestKey" | "maxTokens" | "oneCall"
> {
  readonly base: AnswerTrace;
}

/** Input of `recordServedFailure`. */
export interface RecordServedFailureInput {
  readonly requestKey: string;
  readonly error: UnitError;
}

/** Bookkeeping of served requests over the store. */
export type ServeActivities = {
  /** Gives the request its answer, unless it has one, and returns the answer that it has. */
  settleAnswer(input: SettleAnswerInput): Promise<ServedAnswer>;
  /** Keeps the base model's answer beside the one that was given. */
  recordBaseAnswer(input: RecordBaseAnswerInput): Promise<void>;
  /** Notes why a request has no answer; asking for it again tries again. */
  recordServedFailure(input: RecordServedFailureInput): Promise<void>;
};
