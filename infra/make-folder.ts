import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { describeHomeFailure } from "./home-failure.js";

/**
 * Creates a folder of WHETSTONE_HOME and those above it. Node's recursive `mkdir` never returns in a file system that
 * reports a missing folder for a name it refuses (`/proc`). Throws `SETTING_INVALID`,
 * `HOME_NOT_WRITABLE` if the disk is full.
 */
export function makeHomeFolder(folder: string): void {
  const missing: string[] = [];
  for (let each = folder; !existsSync(each); each = dirname(each)) missing.unshift(each);
  for (const each of missing) {
    try {
      mkdirSync(each);
    } catch (error) {
      // Another process may have created it meanwhile.
      if (existsSync(each)) continue;
      const known = describeHomeFailure(each, error);
      if (known instanceof WhetstoneError && known.retryable) throw known;
      throw new WhetstoneError(`${each} cannot be created: ${(error as Error).message}.`, {
        code: "SETTING_INVALID",
        hint: "set WHETSTONE_HOME to a folder that you may write to",
        cause: error,
      });
    }
  }
}
