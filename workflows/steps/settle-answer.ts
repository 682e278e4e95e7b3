import { proxyLocalActivities, workflowInfo } from "@temporalio/workflow";
import type { ServeRequestInput } from "../../contracts/serve-request.js";
import type { ServeActivities } from "../../contracts/steps/settle-answer.js";
import type { UnitError } from "../../contracts/unit-error.js";
import type { ServedAnswer, ServedFrom } from "../../domain/served/served-answer.js";
import type { AnswerTrace, UnitTrace } from "../../domain/units/trace.js";

const activities = proxyLocalActivities<ServeActivities>({
  startToCloseTimeout: "1m",
  retry: { maximumInterval: "10s" },
});

/** Stores the answer of a served request, unless it has one; returns the one it has. */
export async function settleAnswer(
  { requestKey, sample, oneCall }: ServeRequestInput,
  settled: {
    readonly from: ServedFrom;
    readonly trace: UnitTrace;
    readonly base?: AnswerTrace;
    readonly error?: UnitError;
  },
): Promise<ServedAnswer> {
  const { maxTokens } = sample.variant.inference;
  const { runId } = workflowInfo();
  return activities.settleAnswer.executeWithOptions({ summary: `settle: ${settled.from}` }, [
    { requestKey, maxTokens, oneCall, runId, ...settled },
  ]);
}

/** Stores the base model's answer beside the one that was given. */
export async function recordBaseAnswer(
  { requestKey, sample, oneCall }: ServeRequestInput,
  base: AnswerTrace,
): Promise<void> {
  const { maxTokens } = sample.variant.inference;
  await activities.recordBaseAnswer({ requestKey, maxTokens, oneCall, base });
}

/** Stores why a served request has no answer. */
export async function recordServedFailure(
  { requestKey }: ServeRequestInput,
  error: UnitError,
): Promise<void> {
  await activities.recordServedFailure({ requestKey, error });
}
