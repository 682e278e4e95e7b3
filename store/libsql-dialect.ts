import type { DatabaseConnection, Dialect, Driver, SqliteDatabase } from "kysely";
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver } from "kysely";
import LibsqlDatabase from "libsql";

/**
 * How long one attempt of a statement waits for another process's lock, in milliseconds. The whole process stands
 * still meanwhile, so it is short; `runStatement` tries again.
 */
const BUSY_TIMEOUT_MS = 2_000;

/** Runs all migrations in one transaction: SQLite can roll back schema changes. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Takes the write lock at the start of a transaction. A deferred transaction that reads first
 * cannot wait for another process's write later (it fails with SQLITE_BUSY at once, regardless of
 * the timeout), and two processes that migrate at the same time would both see an empty database.
 */
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

/** Kysely's SQLite dialect on libsql's better-sqlite3-compatible class. */
export class LibsqlDialect extends SqliteDialect implements Dialect {
  readonly #path: string;

  constructor(path: string) {
    super({ database: () => Promise.resolve(openFile(path)) });
    this.#path = path;
  }

  override createDriver(): Driver {
    return new ImmediateSqliteDriver({ database: () => Promise.resolve(openFile(this.#path)) });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

function openFile(path: string): SqliteDatabase {
  const database = new LibsqlDatabase(path, { timeout: BUSY_TIMEOUT_MS });
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  return database;
}
