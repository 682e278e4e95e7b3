import type { Selectable } from "kysely";
import type { Sample } from "../domain/samples/sample.js";
import type { ServedAnswer } from "../domain/served/served-answer.js";
import { cleanText, fromJson, toFlag } from "./columns.js";
import type { Connection } from "./connection.js";
import type { ServedRequest, ServedRow } from "./records.js";
import type { Database } from "./schema.js";
import type { Store } from "./store.js";

type ServedMethods = Pick<
  Store,
  | "acceptServedRequest"
  | "getServedRequest"
  | "findServedRequest"
  | "settleServedRequest"
  | "addServedBase"
  | "failServedRequest"
>;

/** Queries over the requests of `whetstone serve`. */
export function createServedQueries(connection: Connection): ServedMethods {
  async function getServedRequest(key: string): Promise<ServedRow | null> {
    const row = await connection.run((database) =>
      database
        .selectFrom("served_requests")
        .selectAll()
        .where("request_key", "=", key)
        .executeTakeFirst(),
    );
    return row === undefined ? null : fromTableRow(row);
  }

  async function putSample(request: ServedRequest, sample: Sample): Promise<void> {
    await connection.run((database) =>
      database
        .insertInto("samples")
        .values({
          dataset: request.dataset,
          sample_key: request.sampleKey,
          row_number: sample.row,
          content_hash: request.bodyHash,
          sample: JSON.stringify(sample),
        })
        .onConflict((conflict) => conflict.columns(["dataset", "sample_key"]).doNothing())
        .execute(),
    );
  }

  return {
    getServedRequest,

    async acceptServedRequest(request, sample) {
      await connection.run((database) =>
        database
          .insertInto("served_requests")
          .values(toTableRow(request))
          .onConflict((conflict) => conflict.column("request_key").doNothing())
          .execute(),
      );
      const stored = await getServedRequest(request.key);
      if (stored === null) throw new Error("a request that was inserted can be read");
      // A crash between the two statements leaves a row without a sample; asking again adds it.
      if (stored.bodyHash === request.bodyHash) await putSample(request, sample);
      return stored;
    },

    async settleServedRequest(key, { answer, base, margin, trace, runId, error }) {
      await connection.run((database) =>
        database
          .updateTable("served_requests")
          .set({
            answered_at: new Date().toISOString(),
            answered_by: answer.from,
            uncertain: toFlag(answer.uncertain),
            margin,
            answer: JSON.stringify(answer),
            base_answer: base === null ? null : JSON.stringify(base),
            trace: JSON.stringify(trace),
            run_id: runId,
            error_code: error?.code ?? null,
            error_message: error === null ? null : cleanText(error.message),
          })
          .where("request_key", "=", key)
          .where("answer", "is", null)
          .execute(),
      );
      return (await getServedRequest(key))?.answer ?? null;
    },

    async addServedBase(key, base) {
      await connection.run((database) =>
        database
          .updateTable("served_requests")
          .set({ base_answer: JSON.stringify(base) })
          .where("request_key", "=", key)
          .where("base_answer", "is", null)
          .execute(),
      );
    },

    async findServedRequest({ sweep, tenant, keyStart }) {
      const row = await connection.run((database) =>
        database
          .selectFrom("served_requests")
          .selectAll()
          // A range, because every database has an index for it; keys are hex digits, which "g" follows.
          .where("request_key", ">=", keyStart)
          .where("request_key", "<", `${keyStart}g`)
          .where("sweep", "=", sweep)
          .where("tenant", "=", tenant)
          .executeTakeFirst(),
      );
      return row === undefined ? null : fromTableRow(row);
    },

    async failServedRequest(key, error) {
      await connection.run((database) =>
        database
          .updateTable("served_requests")
          .set({ error_code: error.code, error_message: cleanText(error.message) })
          .where("request_key", "=", key)
          .where("answer", "is", null)
          .execute(),
      );
    },
  };
}

function toTableRow(request: ServedRequest) {
  return {
    request_key: request.key,
    sweep: request.sweep,
    tenant: request.tenant,
    request_id: request.requestId,
    body_hash: request.bodyHash,
    variant: request.variant,
    seed: request.seed,
    dataset: request.dataset,
    sample_key: request.sampleKey,
    budget_ms: request.budgetMs,
    accepted_at: request.acceptedAt,
  };
}

function fromTableRow(row: Selectable<Database["served_requests"]>): ServedRow {
  return {
    key: row.request_key,
    sweep: row.sweep,
    tenant: row.tenant,
    requestId: row.request_id,
    bodyHash: row.body_hash,
    variant: row.variant,
    seed: row.seed,
    dataset: row.dataset,
    sampleKey: row.sample_key,
    budgetMs: row.budget_ms,
    acceptedAt: row.accepted_at,
    answer: row.answer === null ? null : (fromJson(row.answer) as ServedAnswer),
    answeredAt: row.answered_at,
    base: row.base_answer === null ? null : (fromJson(row.base_answer) as ServedAnswer),
    errorCode: row.error_code,
    errorMessage: row.error_message,
  };
}
