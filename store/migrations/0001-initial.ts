import type { Kysely, Migration } from "kysely";

async function createSweeps(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("sweeps")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("status_reason", "text")
    .addColumn("config_hash", "text", (column) => column.notNull())
    .addColumn("hash_version", "integer", (column) => column.notNull())
    .addColumn("config_text", "text", (column) => column.notNull())
    .addColumn("config", "text", (column) => column.notNull())
    .addColumn("provenance", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
}

async function createSamples(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("samples")
    .addColumn("dataset", "text", (column) => column.notNull())
    .addColumn("sample_key", "text", (column) => column.notNull())
    .addColumn("row_number", "integer", (column) => column.notNull())
    .addColumn("content_hash", "text", (column) => column.notNull())
    .addColumn("sample", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("samples_pk", ["dataset", "sample_key"])
    .execute();
  await database.schema
    .createTable("gold")
    .addColumn("dataset", "text", (column) => column.notNull())
    .addColumn("sample_key", "text", (column) => column.notNull())
    .addColumn("gold", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("gold_pk", ["dataset", "sample_key"])
    .execute();
}

async function createUnits(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("units")
    .addColumn("unit_key", "text", (column) => column.primaryKey())
    .addColumn("sweep", "text", (column) => column.notNull())
    .addColumn("variant", "text", (column) => column.notNull())
    .addColumn("seed", "integer", (column) => column.notNull())
    .addColumn("dataset", "text", (column) => column.notNull())
    .addColumn("sample_key", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("position", "integer", (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex("units_by_plan")
    .on("units")
    .columns(["sweep", "position"])
    .execute();
}

async function createResults(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("results")
    .addColumn("unit_key", "text", (column) => column.primaryKey())
    .addColumn("sweep", "text", (column) => column.notNull())
    .addColumn("variant", "text", (column) => column.notNull())
    .addColumn("seed", "integer", (column) => column.notNull())
    .addColumn("dataset", "text", (column) => column.notNull())
    .addColumn("sample_key", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("correct", "integer")
    .addColumn("correct_strict", "integer")
    .addColumn("calls", "text")
    .addColumn("verdict", "text", (column) => column.notNull())
    .addColumn("repaired", "integer", (column) => column.notNull())
    .addColumn("margin", "double precision")
    .addColumn("uncertain", "integer")
    .addColumn("adapted", "integer", (column) => column.notNull())
    .addColumn("synthesis_status", "text")
    .addColumn("synthesis_attempts", "integer", (column) => column.notNull())
    .addColumn("candidate_count", "integer", (column) => column.notNull())
    .addColumn("error_code", "text")
    .addColumn("error_message", "text")
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("started_at", "text", (column) => column.notNull())
    .addColumn("finished_at", "text", (column) => column.notNull())
    .addColumn("run_id", "text", (column) => column.notNull())
    .addColumn("tool_version", "text", (column) => column.notNull())
    .addColumn("engine_version", "text", (column) => column.notNull())
    .addColumn("trace", "text", (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex("results_by_sweep")
    .on("results")
    .columns(["sweep", "variant", "seed"])
    .execute();
}

async function createSteps(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("steps")
    .addColumn("step_key", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .addColumn("origin_unit", "text", (column) => column.notNull())
    .execute();
  await database.schema
    .createTable("synthesis_attempts")
    .addColumn("scope", "text", (column) => column.notNull())
    .addColumn("k", "integer", (column) => column.notNull())
    .addColumn("attempt", "integer", (column) => column.notNull())
    .addColumn("seed", "bigint", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("excerpt", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("synthesis_attempts_pk", ["scope", "k", "attempt"])
    .execute();
  await database.schema
    .createTable("thresholds")
    .addColumn("sweep", "text", (column) => column.notNull())
    .addColumn("variant", "text", (column) => column.notNull())
    .addColumn("seed", "integer", (column) => column.notNull())
    .addColumn("tau", "double precision", (column) => column.notNull())
    .addColumn("details", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("thresholds_pk", ["sweep", "variant", "seed"])
    .execute();
}

/** The first schema: plan, samples, gold, results, shared steps, attempts, thresholds. */
export const initial: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await createSweeps(database);
    await createSamples(database);
    await createUnits(database);
    await createResults(database);
    await createSteps(database);
  },
};
