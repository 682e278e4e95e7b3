import type { Insertable, Selectable } from "kysely";
import type { SynthesisAttempt, UsageTrace } from "../domain/units/trace.js";
import { cleanText, fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import type { Database } from "./schema.js";
import type { Store } from "./store.js";

/** Queries over synthesis attempts, including failed ones. */
export function createSynthesisAttemptQueries(
  connection: Connection,
): Pick<Store, "recordSynthesisAttempt" | "listSynthesisAttempts"> {
  return {
    async recordSynthesisAttempt(scope, attempt, originUnit) {
      await connection.run((database) =>
        database
          .insertInto("synthesis_attempts")
          .values({ ...toAttemptRow(scope, attempt), origin_unit: originUnit ?? null })
          .onConflict((conflict) => conflict.columns(["scope", "k", "attempt"]).doNothing())
          .execute(),
      );
    },

    async listSynthesisAttempts(scope) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("synthesis_attempts")
          .selectAll()
          .where("scope", "=", scope)
          .orderBy("k")
          .orderBy("attempt")
          .execute(),
      );
      return rows.map(fromAttemptRow);
    },
  };
}

/** A database row as an attempt. */
export function fromAttemptRow(row: Selectable<Database["synthesis_attempts"]>): SynthesisAttempt {
  return {
    k: row.k,
    attempt: row.attempt,
    seed: Number(row.seed),
    reason: row.reason,
    excerpt: row.excerpt,
    ...(row.usage === null ? {} : { usage: fromJson(row.usage) as UsageTrace }),
    ...(row.worker === null ? {} : { worker: row.worker }),
    ...(row.compute_ms === null ? {} : { computeMs: row.compute_ms }),
  };
}

/** An attempt as a database row. */
export function toAttemptRow(
  scope: string,
  attempt: SynthesisAttempt,
): Insertable<Database["synthesis_attempts"]> {
  return {
    scope,
    k: attempt.k,
    attempt: attempt.attempt,
    seed: attempt.seed,
    reason: cleanText(attempt.reason),
    excerpt: cleanText(attempt.excerpt),
    usage: attempt.usage === undefined ? null : JSON.stringify(attempt.usage),
    worker: attempt.worker ?? null,
    compute_ms: attempt.computeMs ?? null,
  };
}
