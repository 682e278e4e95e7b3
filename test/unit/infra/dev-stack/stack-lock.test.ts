import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withStackLock } from "../../../../infra/dev-stack/stack-lock.js";
import { makeTemporaryHome } from "./temporary-home.js";

describe("withStackLock", () => {
  it("lets one command work at a time", async () => {
    const home = makeTemporaryHome();
    const events: string[] = [];
    const work = (name: string) =>
      withStackLock(home, async () => {
        events.push(`${name} begins`);
        await sleep(30);
        events.push(`${name} ends`);
      });
    await Promise.all([work("first"), work("second")]);
    expect(events).toHaveLength(4);
    expect(events[1]).toBe(events[0]!.replace("begins", "ends"));
  });

  it("takes over from a command that was killed", async () => {
    const home = makeTemporaryHome();
    mkdirSync(join(home, "run"));
    const dead = JSON.stringify({ pid: process.pid, identity: "an earlier process" });
    writeFileSync(join(home, "run", "stack.lock"), dead);
    expect(await withStackLock(home, () => Promise.resolve("done"))).toBe("done");
  });

  it("fails with a clear error while another command keeps the lock", async () => {
    const home = makeTemporaryHome();
    await withStackLock(home, async () => {
      await expect(withStackLock(home, () => Promise.resolve(), 1)).rejects.toMatchObject({
        code: "STACK_BUSY",
        message: `Another command has been starting processes in ${home}.`,
        hint: "wait for it to end, then run the same command again",
      });
    });
  });

  it("is free again after work that failed", async () => {
    const home = makeTemporaryHome();
    const failing = withStackLock(home, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await withStackLock(home, () => Promise.resolve("done"), 1)).toBe("done");
  });
});
