import { existsSync } from "node:fs";
import type { Connection } from "./connection.js";
import { connect } from "./connection.js";
import { maskDatabaseUrl, parseDatabaseUrl } from "./database-url.js";
import type { SchemaState } from "./migrate.js";
import { migrateToLatest, readSchemaState } from "./migrate.js";
import type { OnWait } from "./failures.js";
import { createProgressQueries } from "./progress.js";
import { createSweepReader } from "./read-sweep.js";
import { createResultQueries } from "./results.js";
import { createSampleQueries } from "./samples.js";
import { createServedDeletion } from "./delete-served.js";
import { createServedCounts } from "./served-counts.js";
import { createServedFeedbackQueries } from "./served-feedback.js";
import { createServedQueries } from "./served-requests.js";
import { createStepQueries } from "./steps.js";
import type { Store } from "./store.js";
import { createSweepQueries } from "./sweeps.js";
import { createSynthesisAttemptQueries } from "./synthesis-attempts.js";
import { createThresholdQueries } from "./thresholds.js";
import { createUnitQueries } from "./units.js";
import { createSweepWriter } from "./write-sweep.js";

/**
 * Opens the results database (`sqlite:<path>` or `postgres://…`); creates a SQLite file and
 * migrates the schema. Says once, through `onWait`, if it waits for another process. Throws `STORE_URL_INVALID`,
 * `STORE_UNREACHABLE`, `STORE_VERSION_NEWER`.
 */
export async function openStore(databaseUrl: string, onWait?: OnWait): Promise<Store> {
  const address = maskDatabaseUrl(databaseUrl);
  const connection = connect(parseDatabaseUrl(databaseUrl), address, onWait);
  try {
    await migrateToLatest(connection);
  } catch (error) {
    await connection.database.destroy();
    throw error;
  }
  return assembleStore(connection);
}

/**
 * Opens the results database for reading. Creates no database, but migrates an older schema,
 * because migrations only add. Null if no database exists. Throws like `openStore`.
 */
export async function openStoreForReading(
  databaseUrl: string,
  onWait?: OnWait,
): Promise<Store | null> {
  const parsed = parseDatabaseUrl(databaseUrl);
  if (parsed.kind === "sqlite" && !existsSync(parsed.path)) return null;
  const connection = connect(parsed, maskDatabaseUrl(databaseUrl), onWait);
  let state: SchemaState;
  try {
    state = await readSchemaState(connection);
    if (state === "current") return assembleStore(connection);
  } catch (error) {
    await connection.database.destroy();
    throw error;
  }
  await connection.database.destroy();
  return state === "older" ? openStore(databaseUrl, onWait) : null;
}

function assembleStore(connection: Connection): Store {
  return {
    ...createSweepQueries(connection),
    ...createSampleQueries(connection),
    ...createUnitQueries(connection),
    ...createResultQueries(connection),
    ...createProgressQueries(connection),
    ...createStepQueries(connection),
    ...createSynthesisAttemptQueries(connection),
    ...createThresholdQueries(connection),
    ...createServedQueries(connection),
    ...createServedFeedbackQueries(connection),
    ...createServedCounts(connection),
    ...createServedDeletion(connection),
    ...createSweepReader(connection),
    ...createSweepWriter(connection),
    close: () => connection.database.destroy(),
  };
}
