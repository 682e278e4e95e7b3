import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readProcessIdentity } from "./process-identity.js";
import { makeHomeFolder } from "../make-folder.js";

/** A background process of ours, as described by its pid file in `<home>/run/`. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  /** See `readProcessIdentity`: a reused pid is never mistaken for our process or killed. */
  readonly identity: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly logFile: string;
  /** Parameters it was started with; a change requires a restart. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Folder of the pid files. */
export function runFolder(home: string): string {
  return join(home, "run");
}

/** Writes the pid file, atomically. */
export function writeRecord(home: string, record: ProcessRecord): void {
  const folder = runFolder(home);
  makeHomeFolder(folder);
  const file = join(folder, `${record.name}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Reads a pid file; null if it is missing or malformed. */
export function readRecord(home: string, name: string): ProcessRecord | null {
  try {
    const text = readFileSync(join(runFolder(home), `${name}.json`), "utf8");
    return JSON.parse(text) as ProcessRecord;
  } catch {
    return null;
  }
}

/** All pid files of this home folder, by name. */
export function listRecords(home: string): ProcessRecord[] {
  let files: string[];
  try {
    files = readdirSync(runFolder(home)).sort();
  } catch {
    return [];
  }
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => readRecord(home, file.slice(0, -".json".length)))
    .filter((record) => record !== null);
}

/** Deletes a pid file. */
export function removeRecord(home: string, name: string): void {
  rmSync(join(runFolder(home), `${name}.json`), { force: true });
}

/** Whether the recorded process itself still runs. */
export function isAlive(record: ProcessRecord): boolean {
  return readProcessIdentity(record.pid) === record.identity;
}
