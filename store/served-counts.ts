import { sql } from "kysely";
import type { ServedFrom } from "../domain/served/served-answer.js";
import { fromFlag } from "./columns.js";
import type { Connection } from "./connection.js";
import type { Flag } from "./schema.js";
import type { Store } from "./store.js";

/** Characters of an ISO 8601 time up to its hour. */
const HOUR_LENGTH = 13;

/** Counts of served requests. */
export function createServedCounts(
  connection: Connection,
): Pick<Store, "countServedRequests" | "findServedVersion"> {
  return {
    async countServedRequests(sweep) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("served_requests")
          .select([
            // PostgreSQL takes a parameter here and in the grouping for two different ones.
            sql<string>`substr(accepted_at, 1, ${sql.lit(HOUR_LENGTH)})`.as("hour"),
            "answered_by",
            "uncertain",
            sql<Flag>`case when error_code is null then 0 else 1 end`.as("failed"),
            (build) => build.fn.countAll<number | string>().as("count"),
          ])
          .where("sweep", "=", sweep)
          .groupBy(["hour", "answered_by", "uncertain", "failed"])
          .orderBy("hour")
          .execute(),
      );
      return rows.map((row) => ({
        hour: row.hour,
        from: row.answered_by as ServedFrom | null,
        uncertain: fromFlag(row.uncertain),
        failed: row.failed === 1,
        count: Number(row.count),
      }));
    },

    async findServedVersion(sweep) {
      const requests = await connection.run((database) =>
        database
          .selectFrom("served_requests")
          .select((build) => [
            build.fn.countAll<number | string>().as("count"),
            build.fn.max("accepted_at").as("accepted"),
            build.fn.max("answered_at").as("answered"),
          ])
          .where("sweep", "=", sweep)
          .executeTakeFirstOrThrow(),
      );
      if (Number(requests.count) === 0) return null;
      const feedback = await connection.run((database) =>
        database
          .selectFrom("served_feedback")
          .select((build) => [
            build.fn.countAll<number | string>().as("count"),
            build.fn.max("given_at").as("given"),
          ])
          .where("sweep", "=", sweep)
          .executeTakeFirstOrThrow(),
      );
      return JSON.stringify([requests, feedback]);
    },
  };
}
