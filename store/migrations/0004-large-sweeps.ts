import type { Kysely, Migration } from "kysely";

/**
 * Lets a page of pending units, and counts of results, cost the same in a sweep of a million units as in a small one:
 * the hash that decides a unit's partition, and indexes that hold all that these queries read.
 */
export const largeSweeps: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable("units").addColumn("sample_hash", "bigint").execute();
    await database.schema
      .createIndex("units_by_place")
      .on("units")
      .columns(["sweep", "position", "unit_key"])
      .execute();
    await database.schema.dropIndex("units_by_plan").execute();
    await database.schema
      .createIndex("results_by_outcome")
      .on("results")
      .columns([
        ...["sweep", "role", "variant", "dataset", "outcome"],
        ...["uncertain", "adapted", "correct", "error_code"],
      ])
      .execute();
    await database.schema
      .createIndex("results_by_end")
      .on("results")
      .columns(["sweep", "finished_at"])
      .execute();
  },
};
