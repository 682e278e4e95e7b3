import { canonicalJson } from "../domain/json/canonical.js";
import type { FeedbackVerdict, JudgedFeedback } from "../domain/served/judge-feedback.js";
import { judgeFeedback } from "../domain/served/judge-feedback.js";
import { servedRequestKey } from "../domain/served/request-key.js";
import type { ServedFrom } from "../domain/served/served-answer.js";
import type { ServedFeedback, ServedRow, Store } from "../store/store.js";
import type { FeedbackRequest, RequestReference } from "./feedback-request.js";
import type { ServedModel } from "./prepare-serving.js";
import { refuseRequest } from "./request-error.js";

/** Feedback that is stored. */
export interface StoredFeedback extends JudgedFeedback {
  readonly requestId: string;
  /** Key of the request. */
  readonly key: string;
  readonly from: ServedFrom;
  /** Whether the request had no feedback, the same, or other feedback, which is replaced. */
  readonly change: "new" | "same" | "replaced";
}

/** What storing feedback needs. */
export interface FeedbackPlace {
  readonly store: Store;
  readonly served: Pick<ServedModel, "config">;
  readonly tenant: string;
}

/**
 * Judges and stores what a tenant says about the answer to its own request. A request has one feedback: the same one
 * again changes nothing, another one replaces it. One statement stores it, so a crash leaves all or nothing of it.
 * Throws `SERVE_REQUEST_UNKNOWN`, `SERVE_REQUEST_OPEN` for a request without an answer, `SERVE_FEEDBACK_INVALID`.
 */
export async function giveFeedback(
  { reference, readFeedback }: FeedbackRequest,
  { store, served, tenant }: FeedbackPlace,
): Promise<StoredFeedback> {
  const { sweep, refusals } = served.config;
  const row = await findRow(store, { sweep, tenant, reference });
  const sample = row === null ? null : await store.getSample(row.dataset, row.sampleKey);
  if (row === null || sample === null) throw unknown();
  const feedback = readFeedback(sample.tools);
  const { key, requestId, answer, base } = row;
  if (answer === null) throw open(requestId);
  const judged = judgeFeedback(feedback, { answer, base, tools: sample.tools, refusals });
  const next: ServedFeedback = {
    ...{ requestKey: key, sweep, givenAt: new Date().toISOString() },
    calls: "calls" in feedback ? feedback.calls : null,
    ...judged,
  };
  const earlier = await store.getServedFeedback(key);
  const change = earlier === null ? "new" : isSame(earlier, next) ? "same" : "replaced";
  if (change !== "same") await store.putServedFeedback(next);
  return { ...judged, requestId, key, from: answer.from, change };
}

async function findRow(
  store: Store,
  {
    sweep,
    tenant,
    reference,
  }: {
    readonly sweep: string;
    readonly tenant: string;
    readonly reference: RequestReference;
  },
): Promise<ServedRow | null> {
  if ("keyStart" in reference) return store.findServedRequest({ sweep, tenant, ...reference });
  return store.getServedRequest(servedRequestKey({ sweep, tenant, ...reference }));
}

function isSame(left: ServedFeedback, right: ServedFeedback): boolean {
  const contentOf = ({ calls, served, base }: ServedFeedback): string =>
    canonicalJson({ calls, served: { ...served }, base: base && { ...base } });
  return contentOf(left) === contentOf(right);
}

/** The response to feedback. */
export function toFeedbackResponse(stored: StoredFeedback): object {
  const { requestId, key, from, served, base, change } = stored;
  return {
    object: "feedback",
    request_id: requestId,
    completion_id: `chatcmpl-${key.slice(0, 24)}`,
    answer: from,
    ...toVerdict(served),
    base: base === null ? null : toVerdict(base),
    replaced: change === "replaced",
  };
}

function toVerdict({ correct, correctStrict, reason }: FeedbackVerdict): object {
  return { correct, correct_strict: correctStrict, verdict: reason };
}

function unknown(): Error {
  return refuseRequest("SERVE_REQUEST_UNKNOWN", "There is no such request of yours here.", {
    hint: "Send the X-Request-Id or the completion's id of a request that this endpoint has answered.",
  });
}

function open(requestId: string): Error {
  return refuseRequest("SERVE_REQUEST_OPEN", `Request ${requestId} has no answer yet.`, {
    hint: "Ask for it again with the same request id, then send the feedback.",
  });
}
