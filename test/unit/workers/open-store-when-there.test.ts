import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import LibsqlDatabase from "libsql";
import { afterAll, describe, expect, it } from "vitest";
import { openStoreWhenThere } from "../../../workers/open-store-when-there.js";
import { hasPostgres, NO_POSTGRES, startPostgres } from "../store/postgres.js";

const folder = mkdtempSync(join(tmpdir(), "whetstone-when-there-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function recordWarnings() {
  const warnings: unknown[] = [];
  const warn = (message: string, meta?: unknown): void => void warnings.push([message, meta]);
  return { warnings, logger: { warn } };
}

it("throws at once if waiting is in vain", async () => {
  const path = join(folder, "text.db");
  const database = new LibsqlDatabase(path);
  database.exec("create table kysely_migration (name text, timestamp text)");
  database.exec("insert into kysely_migration values ('9999-future', '2030-01-01')");
  database.close();
  const { warnings, logger } = recordWarnings();
  await expect(openStoreWhenThere(`sqlite:${path}`, logger)).rejects.toMatchObject({
    code: "STORE_VERSION_NEWER",
  });
  expect(warnings).toEqual([]);
});

it("throws at the limit", async () => {
  const { logger } = recordWarnings();
  const limits = { pauseMs: 1, limitMs: 20 };
  await expect(
    openStoreWhenThere("postgres://me@127.0.0.1:1/results", logger, limits),
  ).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
});

describe.skipIf(!hasPostgres() || Boolean(process.env["WHETSTONE_TEST_POSTGRES_URL"]))(
  `PostgreSQL${hasPostgres() ? "" : ` (${NO_POSTGRES})`}`,
  () => {
    it("that is away is waited for", async () => {
      const server = await startPostgres();
      if (!server?.outage) throw new Error(NO_POSTGRES);
      try {
        const url = await server.createDatabase();
        server.outage.begin();
        const { warnings, logger } = recordWarnings();
        const opening = openStoreWhenThere(url, logger, { pauseMs: 20 });
        while (warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        server.outage.end();
        const store = await opening;
        expect(await store.listSweeps()).toEqual([]);
        await store.close();
        expect(warnings).toEqual([
          [expect.stringMatching(/ECONNREFUSED.*; waiting for it$/), { code: "STORE_UNREACHABLE" }],
        ]);
      } finally {
        server.stop();
      }
    }, 60_000);
  },
);
