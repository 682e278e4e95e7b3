import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { readProcessIdentity } from "./process-identity.js";
import { runFolder } from "./process-record.js";

/**
 * Runs `work` while no other command starts or stops processes of the same home folder. Takes over
 * a lock whose holder has died. Throws STACK_BUSY after `timeoutMs`.
 */
export async function withStackLock<Result>(
  home: string,
  work: () => Promise<Result>,
  timeoutMs = 180_000,
): Promise<Result> {
  mkdirSync(runFolder(home), { recursive: true });
  const file = join(runFolder(home), "stack.lock");
  const deadline = Date.now() + timeoutMs;
  while (!tryLock(file)) {
    if (Date.now() > deadline) {
      throw new WhetstoneError(`Another command has been starting processes in ${home}.`, {
        code: "STACK_BUSY",
        hint: "wait for it to end, then run the same command again",
      });
    }
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file: string): boolean {
  const own = { pid: process.pid, identity: readProcessIdentity(process.pid) };
  try {
    writeFileSync(file, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (!holderIsAlive(file)) rmSync(file, { force: true });
  return false;
}

function holderIsAlive(file: string): boolean {
  try {
    const holder = JSON.parse(readFileSync(file, "utf8")) as { pid: number; identity: string };
    return readProcessIdentity(holder.pid) === holder.identity;
  } catch {
    return false;
  }
}
