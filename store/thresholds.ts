import type { JsonObject } from "../domain/json/value.js";
import { fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import type { Store } from "./store.js";

/** Queries over thresholds chosen for `tau: auto`. */
export function createThresholdQueries(
  connection: Connection,
): Pick<Store, "putThreshold" | "listThresholds"> {
  return {
    async putThreshold(record) {
      await connection.run((database) =>
        database
          .insertInto("thresholds")
          .values({
            sweep: record.sweep,
            variant: record.variant,
            seed: record.seed,
            tau: record.tau,
            details: JSON.stringify(record.details),
          })
          .onConflict((conflict) =>
            conflict.columns(["sweep", "variant", "seed"]).doUpdateSet((excluded) => ({
              tau: excluded.ref("excluded.tau"),
              details: excluded.ref("excluded.details"),
            })),
          )
          .execute(),
      );
    },

    async listThresholds(sweep) {
      const rows = await connection.run((database) =>
        database.selectFrom("thresholds").selectAll().where("sweep", "=", sweep).execute(),
      );
      return (
        rows
          .map((row) => ({
            sweep: row.sweep,
            variant: row.variant,
            seed: row.seed,
            tau: row.tau,
            details: fromJson(row.details) as JsonObject,
          }))
          // Sorted here because the two databases collate text differently.
          .sort((a, b) =>
            a.variant < b.variant ? -1 : a.variant > b.variant ? 1 : a.seed - b.seed,
          )
      );
    },
  };
}
