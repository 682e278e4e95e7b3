import type { Kysely, Migration } from "kysely";

/** Adds the worker and the compute time of each synthesis attempt. */
export const attemptPlace: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable("synthesis_attempts").addColumn("worker", "text").execute();
    await database.schema
      .alterTable("synthesis_attempts")
      .addColumn("compute_ms", "integer")
      .execute();
  },
};
