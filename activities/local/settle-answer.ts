import type { ServedAnswer, ServedAnswerOptions } from "../../domain/served/served-answer.js";
import { toServedAnswer } from "../../domain/served/served-answer.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { AnswerTrace } from "../../domain/units/trace.js";
import type { Store } from "../../store/store.js";
import type { ServeActivities, SettleAnswerInput } from "../../contracts/steps/settle-answer.js";
import { withFailures } from "../support/failures.js";

/** Creates the activities that record what happened to served requests. */
export function createServeActivities({ store }: { readonly store: Store }): ServeActivities {
  return {
    settleAnswer: withFailures((input) => settleAnswer(store, input)),
    recordBaseAnswer: withFailures(({ requestKey, base, ...options }) =>
      store.addServedBase(requestKey, toBaseAnswer(base, { ...options, uncertain: null })),
    ),
    recordServedFailure: withFailures(({ requestKey, error }) =>
      store.failServedRequest(requestKey, error),
    ),
  };
}

/** The first answer of a request is the one it keeps. Throws `SERVED_REQUEST_MISSING`. */
async function settleAnswer(
  store: Store,
  { requestKey, from, trace, base, maxTokens, oneCall, runId, error }: SettleAnswerInput,
): ReturnType<ServeActivities["settleAnswer"]> {
  const { answer: drawn, uncertainty } = trace;
  if (drawn === undefined) throw new Error("a request is settled with an answer");
  const uncertain = uncertainty?.uncertain ?? null;
  const settled = await store.settleServedRequest(requestKey, {
    answer: toServedAnswer(drawn, { from, uncertain, maxTokens, oneCall }),
    base: base === undefined ? null : toBaseAnswer(base, { uncertain, maxTokens, oneCall }),
    margin: uncertainty?.margin ?? null,
    trace,
    runId,
    error: error ?? null,
  });
  if (settled !== null) return settled;
  throw new WhetstoneError(`Served request ${requestKey} is not in the store.`, {
    code: "SERVED_REQUEST_MISSING",
    hint: "The endpoint and the workers must use the same WHETSTONE_DATABASE_URL. Correct it, then ask again.",
  });
}

/** The base model's answer as it would have been served. */
function toBaseAnswer(base: AnswerTrace, options: Omit<ServedAnswerOptions, "from">): ServedAnswer {
  return toServedAnswer(base, { from: "base", ...options });
}
