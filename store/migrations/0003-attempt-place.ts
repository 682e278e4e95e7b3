import type { Kysely, Migration } from "kysely";

/** Where each synthesis attempt was drawn, and what it took. */
export const attemptPlace: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable("synthesis_attempts").addColumn("worker", "text").execute();
    await database.schema
      .alterTable("synthesis_attempts")
      .addColumn("compute_ms", "integer")
      .execute();
  },
};
