import { Migrator } from "kysely";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { Connection } from "./connection.js";
import { migrations } from "./migrations/index.js";

/** State of a database's schema relative to the one this version needs. */
export type SchemaState = "absent" | "older" | "current";

/**
 * Migrates the schema to the latest version; safe to run from several processes at once. Throws
 * `STORE_VERSION_NEWER` for a database of a newer version.
 */
export async function migrateToLatest(connection: Connection): Promise<void> {
  if ((await readSchemaState(connection)) === "current") return;
  await connection.run(async (database) => {
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error as Error;
  });
}

/** Compares the stored migrations with ours. Throws `STORE_VERSION_NEWER` if any are unknown. */
export async function readSchemaState(connection: Connection): Promise<SchemaState> {
  const executed = await connection.run(async (database) => {
    const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
    if (!tables.some((table) => table.name === "kysely_migration")) return [];
    const rows = await database
      .withTables<{ kysely_migration: { name: string } }>()
      .selectFrom("kysely_migration")
      .select("name")
      .execute();
    return rows.map((row) => row.name);
  });
  const unknown = executed.filter((name) => !(name in migrations)).sort();
  if (unknown.length > 0) {
    throw new WhetstoneError(
      `The results database ${connection.address} was written by a newer version of Whetstone (schema ${String(unknown.at(-1))}).`,
      {
        code: "STORE_VERSION_NEWER",
        hint: "Update Whetstone, or set WHETSTONE_DATABASE_URL to another database.",
        details: { unknown },
      },
    );
  }
  if (executed.length === 0) return "absent";
  return executed.length < Object.keys(migrations).length ? "older" : "current";
}
