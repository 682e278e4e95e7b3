import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sql } from "kysely";
import Libsql from "libsql";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { connect } from "../../../store/connection.js";
import { parseDatabaseUrl } from "../../../store/database-url.js";
import { openStore, openStoreForReading } from "../../../store/open-store.js";
import { makeUnit } from "./fixtures.js";
import { hasPostgres, NO_POSTGRES, startPostgres } from "./postgres.js";
import type { TestPostgres } from "./postgres.js";

const folder = mkdtempSync(join(tmpdir(), "whetstone-open-store-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function failureOf(url: string): Promise<WhetstoneError> {
  try {
    const store = await openStore(url);
    await store.close();
  } catch (error) {
    return error as WhetstoneError;
  }
  throw new Error(`${url} was opened`);
}

/** Runs writers that start concurrently on a database that does not exist yet. */
async function runWriters(url: string, writers: number, units: number): Promise<void> {
  const script = fileURLToPath(new URL("writer.ts", import.meta.url));
  await Promise.all(
    Array.from({ length: writers }, (_, index) =>
      promisify(execFile)(process.execPath, [
        "--import",
        "tsx",
        script,
        url,
        `writer-${index}`,
        String(units),
      ]),
    ),
  );
}

async function expectWholeness(url: string, units: number): Promise<void> {
  const store = await openStore(url);
  try {
    expect(await store.countResults("trial")).toMatchObject({ planned: units, scored: units });
    expect(await store.listResults("trial", { failed: true })).toEqual([]);
    for (let row = 0; row < units; row++) {
      const step = await store.getStep(`step-${row}`);
      expect(step?.value).toMatch(/^writer-\d$/);
    }
  } finally {
    await store.close();
  }
}

describe("openStore", () => {
  it("creates the file and its folders", async () => {
    const path = join(folder, "new", "folder", "whetstone.db");
    const store = await openStore(`sqlite:${path}`);
    await store.close();
    expect(existsSync(path)).toBe(true);
  });

  it("refuses a file that is not a database", async () => {
    const path = join(folder, "text.db");
    writeFileSync(path, "not a database ".repeat(100));
    const error = await failureOf(`sqlite:${path}`);
    expect(error.code).toBe("STORE_UNREACHABLE");
    expect(error.message).toBe(
      `The results database sqlite:${path} cannot be used: file is not a database`,
    );
    expect(error.hint).toBe(
      "Check that WHETSTONE_DATABASE_URL names a database file in a writable folder.",
    );
    expect(error.retryable).toBe(false);
  });

  it("reports an unreachable server without the password", async () => {
    const error = await failureOf("postgres://me:secret@127.0.0.1:1/results");
    expect(error.code).toBe("STORE_UNREACHABLE");
    expect(error.message).toBe(
      "The results database postgres://me:***@127.0.0.1:1/results cannot be used: connect ECONNREFUSED 127.0.0.1:1",
    );
    expect(error.retryable).toBe(true);
  });

  it("refuses an unknown URL scheme", async () => {
    const error = await failureOf("mysql://me:secret@host/results");
    expect(error.code).toBe("STORE_URL_INVALID");
    expect(error.message).toBe('The database URL "mysql://me:***@host/results" is not valid.');
  });

  it("refuses a database of a newer version", async () => {
    const path = join(folder, "newer.db");
    await (await openStore(`sqlite:${path}`)).close();
    const database = new Libsql(path);
    database.exec("insert into kysely_migration values ('9999-future', '2030-01-01')");
    database.close();
    const error = await failureOf(`sqlite:${path}`);
    expect(error.code).toBe("STORE_VERSION_NEWER");
    expect(error.message).toBe(
      `The results database sqlite:${path} was written by a newer version of Whetstone (schema 9999-future).`,
    );
  });

  it("supports several processes that create and write one SQLite file", async () => {
    const url = `sqlite:${join(folder, "shared.db")}`;
    await runWriters(url, 4, 60);
    await expectWholeness(url, 60);
  }, 120_000);
});

describe("openStoreForReading", () => {
  it("is null and creates nothing if there is no database", async () => {
    const path = join(folder, "absent", "whetstone.db");
    expect(await openStoreForReading(`sqlite:${path}`)).toBeNull();
    expect(existsSync(join(folder, "absent"))).toBe(false);
  });

  it("is null for an empty file and creates no tables", async () => {
    const path = join(folder, "empty.db");
    writeFileSync(path, "");
    expect(await openStoreForReading(`sqlite:${path}`)).toBeNull();
    const database = new Libsql(path);
    expect(database.prepare("select count(*) as n from sqlite_master").all()).toEqual([{ n: 0 }]);
    database.close();
  });

  it("migrates an older schema and keeps its rows", async () => {
    const path = join(folder, "older.db");
    const writer = await openStore(`sqlite:${path}`);
    await writer.putUnits([makeUnit(0)]);
    await writer.close();
    const database = new Libsql(path);
    database.exec(
      "drop table served_requests; drop table served_feedback; alter table synthesis_attempts drop column origin_unit; " +
        "alter table synthesis_attempts drop column worker; alter table synthesis_attempts drop column compute_ms; " +
        "alter table units drop column sample_hash; drop index units_by_place; drop index results_by_outcome; " +
        "drop index results_by_end; create index units_by_plan on units (sweep, position); " +
        "delete from kysely_migration where name >= '0003'",
    );
    database.close();
    const reader = await openStoreForReading(`sqlite:${path}`);
    expect(await reader?.countUnits("trial")).toBe(1);
    const partition = { index: 0, of: 1 };
    const page = await reader?.pagePendingUnits("trial", { after: null, limit: 2, partition });
    expect(page?.map(({ unit }) => unit)).toEqual([makeUnit(0)]);
    await reader?.close();
  });

  it("reads an existing database", async () => {
    const url = `sqlite:${join(folder, "there.db")}`;
    const writer = await openStore(url);
    await writer.putUnits([makeUnit(0)]);
    const reader = await openStoreForReading(url);
    expect(await reader?.countUnits("trial")).toBe(1);
    await reader?.close();
    await writer.close();
  });
});

describe.skipIf(!hasPostgres())(
  `openStore on PostgreSQL${hasPostgres() ? "" : ` (${NO_POSTGRES})`}`,
  () => {
    let server: TestPostgres | null = null;
    let url = "";
    beforeAll(async () => {
      server = await startPostgres();
      url = (await server?.createDatabase()) ?? "";
    }, 60_000);
    afterAll(() => server?.stop());

    it("supports several processes that create and write one database", async () => {
      await runWriters(url, 4, 60);
      await expectWholeness(url, 60);
    }, 120_000);

    it("reconnects if the server closes its connections", async () => {
      const own = (await server?.createDatabase()) ?? "";
      const store = await openStore(own);
      await store.putUnits([makeUnit(0)]);
      const admin = new pg.Client({ connectionString: url });
      await admin.connect();
      const ended = await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
        [new URL(own).pathname.slice(1)],
      );
      await admin.end();
      expect(ended.rowCount).toBeGreaterThan(0);
      await vi.waitFor(async () => {
        expect(await store.countUnits("trial")).toBe(1);
      });
      await store.close();
    });

    it("survives a connection that dies while a statement holds it", async () => {
      const own = (await server?.createDatabase()) ?? "";
      const { database } = connect(parseDatabaseUrl(own), "test");
      const held = database.connection().execute(async (connection) => {
        const failure: unknown = await sql`select pg_sleep(60)`
          .execute(connection)
          .catch((error: unknown) => error);
        // Until the socket has closed, too: an error without a listener would end the process.
        await new Promise((done) => setTimeout(done, 500));
        return failure;
      });
      const admin = new pg.Client({ connectionString: url });
      await admin.connect();
      await vi.waitFor(async () => {
        const ended = await admin.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and query like '%pg_sleep%'",
          [new URL(own).pathname.slice(1)],
        );
        expect(ended.rowCount).toBe(1);
      });
      await admin.end();
      expect(await held).toBeInstanceOf(Error);
      expect((await sql`select 1`.execute(database)).rows).toHaveLength(1);
      await database.destroy();
    });

    it("reports a missing database", async () => {
      const other = new URL(url);
      other.pathname = "/no_such_database";
      const error = await failureOf(other.href);
      expect(error.code).toBe("STORE_UNREACHABLE");
      expect(error.message).toContain('database "no_such_database" does not exist');
      expect(error.retryable).toBe(false);
    });

    it("is null for reading if there are no tables", async () => {
      const empty = (await server?.createDatabase()) ?? "";
      expect(await openStoreForReading(empty)).toBeNull();
    });
  },
);

// Node's recursive mkdir never returns there.
it.skipIf(!existsSync("/proc/self"))("refuses a place that takes no folders", async () => {
  await expect(openStore("sqlite:/proc/x/y/z.db")).rejects.toMatchObject({
    code: "STORE_UNREACHABLE",
  });
});
