import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

/** A PostgreSQL server for tests. */
export interface TestPostgres {
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>;
  /** Takes the server away as a crash would, and brings it back; null if another program runs it. */
  readonly outage: { begin(): void; end(): void } | null;
  stop(): void;
}

/**
 * The server at WHETSTONE_TEST_POSTGRES_URL, or an installed one started in a temporary folder;
 * null if there is neither.
 */
export async function startPostgres(): Promise<TestPostgres | null> {
  const url = process.env["WHETSTONE_TEST_POSTGRES_URL"];
  if (url !== undefined && url !== "") {
    return { createDatabase: () => createDatabase(url), outage: null, stop: () => undefined };
  }
  const binaries = findBinaries();
  return binaries === null ? null : startServer(binaries);
}

/** Why tests against PostgreSQL are skipped. */
export const NO_POSTGRES =
  "no PostgreSQL: set WHETSTONE_TEST_POSTGRES_URL or install the postgresql package";

/** Whether a PostgreSQL server is available for tests. */
export function hasPostgres(): boolean {
  return Boolean(process.env["WHETSTONE_TEST_POSTGRES_URL"]) || findBinaries() !== null;
}

function findBinaries(): string | null {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return null;
  const folders = readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, "bin"));
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

async function startServer(binaries: string): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-postgres-"));
  const data = join(folder, "data");
  const port = await findFreePort();
  chmodSync(folder, 0o755);
  // PostgreSQL refuses to run as root; its packages create a user for it.
  const asRoot = process.getuid?.() === 0;
  if (asRoot) execFileSync("chown", ["postgres", folder]);
  const run = (program: string, words: string[]) => {
    const command = [join(binaries, program), ...words];
    const [file = "", ...rest] = asRoot ? ["runuser", "-u", "postgres", "--", ...command] : command;
    execFileSync(file, rest, { stdio: "ignore", cwd: folder, timeout: 60_000 });
  };
  const end = () => {
    run("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
  };
  const stop = () => {
    try {
      end();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  run("initdb", ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]);
  const options = `-h 127.0.0.1 -p ${port} -k ${folder} -c fsync=off -c max_connections=40`;
  const begin = () => {
    run("pg_ctl", ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  };
  begin();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return { createDatabase: () => createDatabase(url), outage: { begin: end, end: begin }, stop };
}

async function createDatabase(url: string): Promise<string> {
  const name = `whetstone_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address instanceof Object) resolve(address.port);
        else reject(new Error("the server has no address"));
      });
    });
  });
}
