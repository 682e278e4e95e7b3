import { unitKey } from "../domain/identity/unit-key.js";
import { chunkRows } from "./chunk.js";
import type { Connection } from "./connection.js";
import type { Store } from "./store.js";

/** Requests whose steps are looked for at once: each look reads all steps. */
const REQUESTS_AT_ONCE = 5_000;

/** What a request's rows are found by. */
interface Expired {
  readonly request_key: string;
  readonly dataset: string;
  readonly unit: string;
}

/** Deletes served requests. */
export function createServedDeletion(connection: Connection): Pick<Store, "deleteServedRequests"> {
  async function listExpired(sweep: string, before: string): Promise<Expired[]> {
    const rows = await connection.run((database) =>
      database
        .selectFrom("served_requests")
        .select(["request_key", "variant", "seed", "dataset", "sample_key"])
        .where("sweep", "=", sweep)
        .where("accepted_at", "<", before)
        .orderBy("accepted_at")
        .limit(REQUESTS_AT_ONCE)
        .execute(),
    );
    return rows.map(({ request_key, variant, seed, dataset, sample_key }) => ({
      ...{ request_key, dataset },
      unit: unitKey({ sweep, variant, seed, dataset, sampleKey: sample_key }),
    }));
  }

  /** Steps and attempts have no index by unit, which sweeps would pay for. */
  async function deleteSteps(units: readonly string[]): Promise<void> {
    const keys = await connection.run((database) =>
      database.selectFrom("steps").select("step_key").where("origin_unit", "in", units).execute(),
    );
    for (const chunk of chunkRows(keys, 1)) {
      const part = chunk.map(({ step_key }) => step_key);
      await connection.run((database) =>
        database.deleteFrom("steps").where("step_key", "in", part).execute(),
      );
    }
    await connection.run((database) =>
      database.deleteFrom("synthesis_attempts").where("origin_unit", "in", units).execute(),
    );
  }

  return {
    async deleteServedRequests(sweep, before) {
      let deleted = 0;
      for (;;) {
        const expired = await listExpired(sweep, before);
        if (expired.length === 0) return deleted;
        await deleteSteps(expired.map(({ unit }) => unit));
        for (const chunk of chunkRows(expired, 1)) {
          const keys = chunk.map(({ request_key }) => request_key);
          const datasets = chunk.map(({ dataset }) => dataset);
          await connection.run((database) =>
            database.deleteFrom("samples").where("dataset", "in", datasets).execute(),
          );
          await connection.run((database) =>
            database.deleteFrom("served_feedback").where("request_key", "in", keys).execute(),
          );
          // Last, so that a crash before this line leaves them to be found again.
          await connection.run((database) =>
            database.deleteFrom("served_requests").where("request_key", "in", keys).execute(),
          );
          deleted += chunk.length;
        }
      }
    },
  };
}
