import type { Kysely, Migration } from "kysely";

/** Adds the requests that `whetstone serve` accepted, with their answers. */
export const servedRequests: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable("served_requests")
      .addColumn("request_key", "text", (column) => column.primaryKey())
      .addColumn("sweep", "text", (column) => column.notNull())
      .addColumn("tenant", "text", (column) => column.notNull())
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("body_hash", "text", (column) => column.notNull())
      .addColumn("variant", "text", (column) => column.notNull())
      .addColumn("seed", "integer", (column) => column.notNull())
      .addColumn("dataset", "text", (column) => column.notNull())
      .addColumn("sample_key", "text", (column) => column.notNull())
      .addColumn("budget_ms", "integer")
      .addColumn("accepted_at", "text", (column) => column.notNull())
      .addColumn("answered_at", "text")
      .addColumn("answered_by", "text")
      .addColumn("uncertain", "integer")
      .addColumn("margin", "double precision")
      .addColumn("answer", "text")
      .addColumn("trace", "text")
      .addColumn("run_id", "text")
      .addColumn("error_code", "text")
      .addColumn("error_message", "text")
      .execute();
    await database.schema
      .createIndex("served_requests_by_time")
      .on("served_requests")
      .columns(["sweep", "accepted_at"])
      .execute();
  },
};
