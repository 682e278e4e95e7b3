import type { Kysely, Migration } from "kysely";

/** Adds feedback on served requests, the base model's answers to compare with, and whose attempts are whose. */
export const servedFeedback: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema.alterTable("served_requests").addColumn("base_answer", "text").execute();
    await database.schema
      .alterTable("synthesis_attempts")
      .addColumn("origin_unit", "text")
      .execute();
    await database.schema
      .createTable("served_feedback")
      .addColumn("request_key", "text", (column) => column.primaryKey())
      .addColumn("sweep", "text", (column) => column.notNull())
      .addColumn("given_at", "text", (column) => column.notNull())
      .addColumn("calls", "text")
      .addColumn("correct", "integer", (column) => column.notNull())
      .addColumn("correct_strict", "integer")
      .addColumn("verdict", "text", (column) => column.notNull())
      .addColumn("base_correct", "integer")
      .addColumn("base_correct_strict", "integer")
      .addColumn("base_verdict", "text")
      .execute();
    await database.schema
      .createIndex("served_feedback_by_time")
      .on("served_feedback")
      .columns(["sweep", "given_at"])
      .execute();
  },
};
