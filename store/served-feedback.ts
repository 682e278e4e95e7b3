import type { Insertable, Selectable } from "kysely";
import type { GoldCall } from "../domain/samples/sample.js";
import type { FeedbackVerdict } from "../domain/served/judge-feedback.js";
import type { ServedFrom } from "../domain/served/served-answer.js";
import { cleanText, fromFlag, fromJson, toFlag } from "./columns.js";
import type { Connection } from "./connection.js";
import type { ServedFeedback } from "./records.js";
import type { Database, Flag } from "./schema.js";
import type { Store } from "./store.js";

type FeedbackMethods = Pick<
  Store,
  "putServedFeedback" | "getServedFeedback" | "listJudgedRequests"
>;

/** Queries over feedback on served requests. */
export function createServedFeedbackQueries(connection: Connection): FeedbackMethods {
  return {
    async putServedFeedback(feedback) {
      const { requestKey, sweep } = feedback;
      const columns = toColumns(feedback);
      await connection.run((database) =>
        database
          .insertInto("served_feedback")
          .values({ request_key: requestKey, sweep, ...columns })
          .onConflict((conflict) => conflict.column("request_key").doUpdateSet(columns))
          .execute(),
      );
    },

    async getServedFeedback(requestKey) {
      const row = await connection.run((database) =>
        database
          .selectFrom("served_feedback")
          .selectAll()
          .where("request_key", "=", requestKey)
          .executeTakeFirst(),
      );
      return row === undefined ? null : fromTableRow(row);
    },

    async listJudgedRequests(sweep) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("served_feedback as feedback")
          .innerJoin("served_requests as request", "request.request_key", "feedback.request_key")
          .selectAll("feedback")
          .select(["request.body_hash", "request.answered_by", "request.accepted_at"])
          .where("feedback.sweep", "=", sweep)
          .where("request.answered_by", "is not", null)
          .orderBy("request.accepted_at")
          .orderBy("request.request_key")
          .execute(),
      );
      return rows.map((row) => {
        const { requestKey, served, base, calls } = fromTableRow(row);
        return {
          ...{ requestKey, served, base, bodyHash: row.body_hash },
          from: row.answered_by as ServedFrom,
          acceptedAt: row.accepted_at,
          hasCalls: calls !== null,
        };
      });
    },
  };
}

/** What later feedback on the same request replaces. */
function toColumns({
  givenAt,
  calls,
  served,
  base,
}: ServedFeedback): Omit<Insertable<Database["served_feedback"]>, "request_key" | "sweep"> {
  return {
    given_at: givenAt,
    calls: calls === null ? null : JSON.stringify(calls),
    correct: toFlag(served.correct),
    correct_strict: toFlag(served.correctStrict),
    verdict: cleanText(served.reason),
    base_correct: toFlag(base?.correct ?? null),
    base_correct_strict: toFlag(base?.correctStrict ?? null),
    base_verdict: base === null ? null : cleanText(base.reason),
  };
}

function fromTableRow(row: Selectable<Database["served_feedback"]>): ServedFeedback {
  return {
    requestKey: row.request_key,
    sweep: row.sweep,
    givenAt: row.given_at,
    calls: row.calls === null ? null : (fromJson(row.calls) as GoldCall[]),
    served: toVerdict(row.correct, row.correct_strict, row.verdict),
    base:
      row.base_correct === null
        ? null
        : toVerdict(row.base_correct, row.base_correct_strict, row.base_verdict),
  };
}

function toVerdict(correct: Flag, strict: Flag | null, reason: string | null): FeedbackVerdict {
  return { correct: correct === 1, correctStrict: fromFlag(strict), reason: reason ?? "" };
}
