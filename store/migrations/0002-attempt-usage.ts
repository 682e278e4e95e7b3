import type { Kysely, Migration } from "kysely";

/** What a teacher's reply cost, beside each synthesis attempt. */
export const attemptUsage: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable("synthesis_attempts").addColumn("usage", "text").execute();
  },
};
