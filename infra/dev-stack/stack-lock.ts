import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { tryLock } from "../lock-file.js";
import { runFolder } from "./process-record.js";
import { makeHomeFolder } from "../make-folder.js";

/** A start that something disturbs again and again takes minutes. */
const TIMEOUT_MS = 600_000;

/**
 * Runs `work` while no other command starts or stops processes of the same home folder. Takes over
 * a lock whose holder has died. Throws STACK_BUSY after `timeoutMs`.
 */
export async function withStackLock<Result>(
  home: string,
  work: () => Promise<Result>,
  timeoutMs = TIMEOUT_MS,
): Promise<Result> {
  makeHomeFolder(runFolder(home));
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
