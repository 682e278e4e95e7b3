import { sql } from "kysely";
import type { UnitTrace } from "../domain/units/trace.js";
import type { UnitRole } from "../domain/units/unit.js";
import { fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import type { Store, StoredProgress } from "./store.js";

/** Rows whose finish times give the rate, and rows whose traces give the seconds per step. */
const RECENT_ENDS = 500;
const RECENT_TRACES = 50;

/** Queries over how far a sweep is. */
export function createProgressQueries(connection: Connection): Pick<Store, "readProgress"> {
  return {
    async readProgress(sweep) {
      return connection.run(async (database): Promise<StoredProgress> => {
        const planned = await database
          .selectFrom("units")
          .select((select) => ["variant", "role", select.fn.countAll().as("count")])
          .where("sweep", "=", sweep)
          .groupBy(["variant", "role"])
          .orderBy(sql`min(position)`)
          .execute();
        const ended = await database
          .selectFrom("results")
          .select((select) => [
            ...(["variant", "role"] as const),
            select.fn.countAll().as("count"),
            sql<number | string>`sum(case when outcome = 'failed' then 1 else 0 end)`.as("failed"),
          ])
          .where("sweep", "=", sweep)
          .groupBy(["variant", "role"])
          .execute();
        const errors = await database
          .selectFrom("results")
          .select((select) => ["error_code", select.fn.countAll().as("count")])
          .where("sweep", "=", sweep)
          .where("outcome", "=", "failed")
          .groupBy("error_code")
          .execute();
        const newest = database
          .selectFrom("results")
          .where("sweep", "=", sweep)
          .orderBy("finished_at", "desc");
        const ends = await newest
          .select(["started_at", "finished_at"])
          .limit(RECENT_ENDS)
          .execute();
        const traces = await newest.select("trace").limit(RECENT_TRACES).execute();
        return {
          variants: planned.map(({ variant, role, count }) => {
            const row = ended.find((each) => each.variant === variant && each.role === role);
            return {
              ...{ variant, role: role as UnitRole, planned: Number(count) },
              ended: Number(row?.count ?? 0),
              failed: Number(row?.failed ?? 0),
            };
          }),
          errors: errors
            .map(({ error_code, count }) => ({ code: error_code ?? "", count: Number(count) }))
            .sort((left, right) => right.count - left.count || (left.code < right.code ? -1 : 1)),
          ends: ends.map((row) => ({ startedAt: row.started_at, finishedAt: row.finished_at })),
          timings: traces.flatMap(({ trace }) => (fromJson(trace) as UnitTrace).timings),
        };
      });
    },
  };
}
