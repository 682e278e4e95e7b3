import type { Kysely, Migration } from "kysely";

/** Adds the cost of a teacher's reply to each synthesis attempt. */
export const attemptUsage: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable("synthesis_attempts").addColumn("usage", "text").execute();
  },
};
