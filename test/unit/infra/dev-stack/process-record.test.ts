import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readProcessIdentity } from "../../../../infra/dev-stack/process-identity.js";
import type { ProcessRecord } from "../../../../infra/dev-stack/process-record.js";
import {
  isAlive,
  listRecords,
  readRecord,
  removeRecord,
  writeRecord,
} from "../../../../infra/dev-stack/process-record.js";
import { makeTemporaryHome } from "./temporary-home.js";

function recordOf(pid: number): ProcessRecord {
  return {
    name: "engine",
    pid,
    identity: readProcessIdentity(pid) ?? "gone",
    startedAt: "2026-01-01T00:00:00.000Z",
    logFile: "/nowhere/engine.log",
    parameters: { port: "8400" },
  };
}

describe("process records", () => {
  it("are read back as written, by name, and can be deleted", () => {
    const home = makeTemporaryHome();
    expect(listRecords(home)).toEqual([]);
    const engine = recordOf(process.pid);
    const worker = { ...engine, name: "worker-gpu" };
    writeRecord(home, worker);
    writeRecord(home, engine);
    expect(listRecords(home)).toEqual([engine, worker]);
    removeRecord(home, "engine");
    removeRecord(home, "engine");
    expect(readRecord(home, "engine")).toBeNull();
    expect(listRecords(home)).toEqual([worker]);
  });

  it("count as absent if the file is truncated", () => {
    const home = makeTemporaryHome();
    writeRecord(home, recordOf(process.pid));
    writeFileSync(join(home, "run", "engine.json"), '{"name": "engi');
    expect(readRecord(home, "engine")).toBeNull();
    expect(listRecords(home)).toEqual([]);
  });

  it("are alive only while the recorded process runs", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const record = recordOf(child.pid!);
    expect(isAlive(record)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(record)).toBe(false);
  });

  it("do not mistake another process with the same pid for theirs", () => {
    const record = { ...recordOf(process.pid), identity: "an earlier process" };
    expect(isAlive(record)).toBe(false);
  });
});
