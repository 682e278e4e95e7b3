import { readFileSync, statSync, utimesSync, rmSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { keepReadyFile } from "../../../../infra/dev-stack/ready-file.js";
import { makeTemporaryHome } from "./temporary-home.js";

const old = new Date("2020-01-01T00:00:00Z");
const age = (path: string) => statSync(path).mtimeMs - old.getTime();

it("writes the pid and renews the file's time until it is told to stop", async () => {
  const path = join(makeTemporaryHome(), "ready");
  const stop = keepReadyFile(path, 5);
  expect(readFileSync(path, "utf8")).toBe(String(process.pid));
  utimesSync(path, old, old);
  await vi.waitFor(() => {
    expect(age(path)).toBeGreaterThan(0);
  });
  stop();
  utimesSync(path, old, old);
  await sleep(50);
  expect(age(path)).toBe(0);
});

it("does not bring back a file that was removed", async () => {
  const path = join(makeTemporaryHome(), "ready");
  const stop = keepReadyFile(path, 5);
  rmSync(path);
  await sleep(50);
  stop();
  expect(existsSync(path)).toBe(false);
});
