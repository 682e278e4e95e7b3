import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { DatabaseAddress } from "./database-url.js";
import type { OnWait } from "./failures.js";
import { describeFailure, runStatement } from "./failures.js";
import { LibsqlDialect } from "./libsql-dialect.js";
import type { Database } from "./schema.js";

/** An open database and the way to run its statements. */
export interface Connection {
  readonly database: Kysely<Database>;
  /** The URL without password, for messages. */
  readonly address: string;
  /** Runs one idempotent statement; see `runStatement`. */
  run<T>(statement: (database: Kysely<Database>) => Promise<T>): Promise<T>;
}

/** Opens the database without touching its schema; creates the folder of a SQLite file. */
export function connect(parsed: DatabaseAddress, address: string, onWait?: OnWait): Connection {
  let hasSaid = false;
  const sayOnce = (message: string): void => {
    if (!hasSaid) onWait?.(message);
    hasSaid = true;
  };
  const database = new Kysely<Database>({ dialect: createDialect(parsed, address) });
  return {
    database,
    address,
    run: (statement) => runStatement(address, () => statement(database), sayOnce),
  };
}

function createDialect(parsed: DatabaseAddress, address: string): LibsqlDialect | PostgresDialect {
  if (parsed.kind === "sqlite") {
    createFolder(parsed.path, address);
    return new LibsqlDialect(parsed.path);
  }
  const pool = new pg.Pool({
    connectionString: parsed.url,
    max: 5,
    connectionTimeoutMillis: 10_000,
    application_name: "whetstone",
  });
  // A server that shuts down closes idle connections, and without a listener that would end the
  // process. The next statement opens a new connection and reports any error.
  pool.on("error", () => undefined);
  // The pool listens to idle connections only. One that dies in use fails its statement, too.
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
  });
  return new PostgresDialect({ pool });
}

function createFolder(path: string, address: string): void {
  try {
    if (path === ":memory:") return;
    // Node's recursive `mkdir` never returns in a file system that refuses names as missing folders (`/proc`).
    const missing: string[] = [];
    for (let folder = dirname(path); !existsSync(folder); folder = dirname(folder)) {
      missing.unshift(folder);
    }
    for (const folder of missing) if (!existsSync(folder)) mkdirSync(folder);
  } catch (error) {
    throw describeFailure(address, Object.assign(error as Error, { code: "SQLITE_CANTOPEN" }));
  }
}
