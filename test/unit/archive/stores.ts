import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { openStore } from "../../../store/open-store.js";
import type { Store } from "../../../store/store.js";
import type { TestPostgres } from "../store/postgres.js";
import { hasPostgres, NO_POSTGRES, startPostgres } from "../store/postgres.js";

/** Opens an empty store; closed after the test. */
export type OpenEmptyStore = () => Promise<Store>;

/** A new folder that is removed after the file's tests. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-archive-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Describes behavior that stores on SQLite and on PostgreSQL share. */
export function describeStores(
  title: string,
  body: (open: OpenEmptyStore, openSqlite: OpenEmptyStore) => void,
): void {
  describe(title, () => {
    const folder = makeFolder();
    const stores: Store[] = [];
    let count = 0;
    const openSqlite = async (): Promise<Store> => {
      const store = await openStore(`sqlite:${join(folder, `${count++}.db`)}`);
      stores.push(store);
      return store;
    };
    afterEach(async () => {
      await Promise.all(stores.splice(0).map((store) => store.close()));
    });
    describe("on SQLite", () => {
      body(openSqlite, openSqlite);
    });
    describe.skipIf(!hasPostgres())(
      `on PostgreSQL${hasPostgres() ? "" : ` (${NO_POSTGRES})`}`,
      () => {
        let server: TestPostgres | null = null;
        beforeAll(async () => {
          server = await startPostgres();
        }, 60_000);
        afterAll(() => server?.stop());
        body(async () => {
          if (server === null) throw new Error(NO_POSTGRES);
          const store = await openStore(await server.createDatabase());
          stores.push(store);
          return store;
        }, openSqlite);
      },
    );
  });
}
