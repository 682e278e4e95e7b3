import { makeSample } from "../../store/fixtures.js";
import type { ServedFrom } from "../../../../domain/served/served-answer.js";
import type { Store } from "../../../../store/store.js";

/** A request as if it had been served. */
export interface MadeRequest {
  readonly acceptedAt: string;
  /** Null: without an answer. */
  readonly from: ServedFrom | null;
  readonly uncertain?: boolean;
  /** The method has failed, or without an answer the whole request. */
  readonly failed?: boolean;
  /** Requests with equal texts ask the same; default: each asks something else. */
  readonly asks?: string;
  /** Whether the served answer and the base model's are right; feedback with the right calls. */
  readonly right?: readonly [served: boolean, base: boolean];
  /** Feedback without calls. */
  readonly verdict?: boolean;
}

/** Stores requests of the name `app`, with their answers and feedback. */
export async function putServed(store: Store, requests: readonly MadeRequest[]): Promise<void> {
  const { sample } = makeSample(0, "query");
  const error = { code: "ENGINE_FAILED", message: "no" };
  for (const [index, made] of requests.entries()) {
    const { acceptedAt, from, failed = false, right, verdict } = made;
    const key = `key-${String(index).padStart(4, "0")}`;
    await store.acceptServedRequest(
      {
        ...{ key, sweep: "app", tenant: "local", requestId: key, bodyHash: made.asks ?? key },
        ...{ variant: "tt-si", seed: 0, dataset: `served-${index}`, sampleKey: sample.key },
        ...{ budgetMs: null, acceptedAt },
      },
      sample,
    );
    if (from === null) {
      if (failed) await store.failServedRequest(key, error);
      continue;
    }
    const words = { content: "", calls: [], finishReason: "stop" } as const;
    const answer = { ...words, promptTokens: 1, completionTokens: 1 };
    await store.settleServedRequest(key, {
      answer: { ...answer, from, uncertain: made.uncertain ?? from === "adapted" },
      base: null,
      ...{ margin: 0.5, trace: { timings: [] }, runId: "run", error: failed ? error : null },
    });
    const place = { requestKey: key, sweep: "app", givenAt: acceptedAt };
    if (right !== undefined) {
      const [served, base] = right.map((correct) => ({
        ...{ correct, correctStrict: correct, reason: correct ? "" : "count" },
      }));
      await store.putServedFeedback({ ...place, calls: [], served: served!, base: base! });
    } else if (verdict !== undefined) {
      const served = { correct: verdict, correctStrict: null, reason: "" };
      const base = from === "adapted" ? null : served;
      await store.putServedFeedback({ ...place, calls: null, served, base });
    }
  }
}
