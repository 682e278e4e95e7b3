import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { tryLock } from "../lock-file.js";
import { runFolder } from "./process-record.js";
import { describeHomeFailure } from "../home-failure.js";
import { makeHomeFolder } from "../make-folder.js";

/** A start that something disturbs again and again takes minutes. */
const TIMEOUT_MS = 600_000;

/**
 * Runs `work` while no other command starts or stops processes of the same home folder. Takes over
 * a lock whose holder has died. Throws STACK_BUSY after `timeoutMs`, HOME_NOT_WRITABLE.
 */
export async function withStackLock<Result>(
  home: string,
  work: () => Promise<Result>,
  timeoutMs = TIMEOUT_MS,
): Promise<Result> {
  try {
    makeHomeFolder(runFolder(home));
    const file = join(runFolder(home), "stack.lock");
    await waitForLock(home, file, timeoutMs);
    try {
      return await work();
    } finally {
      rmSync(file, { force: true });
    }
  } catch (error) {
    throw describeHomeFailure(home, error);
  }
}

async function waitForLock(home: string, file: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!tryLock(file)) {
    if (performance.now() > deadline) {
      throw new WhetstoneError(`Another command has been starting processes in ${home}.`, {
        code: "STACK_BUSY",
        hint: "wait for it to end, then run the same command again",
      });
    }
    await sleep(200);
  }
}
