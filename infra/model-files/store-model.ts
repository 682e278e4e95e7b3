import { renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryLock } from "../lock-file.js";
import { isModelComplete, storedModelDirectory } from "./known.js";
import type { Report } from "./report.js";
import { makeHomeFolder } from "../make-folder.js";

/** Folders of one model that is being made. */
export interface ModelFolders {
  /** Does not exist yet; becomes the model's directory. */
  readonly target: string;
  /** Keeps what was downloaded if the work fails or is killed; whoever finishes removes it. */
  readonly cache: string;
}

/** How often to look whether another process has finished, milliseconds. */
const POLL_MS = 500;

/**
 * The directory of a stored model, `WHETSTONE_HOME/models/<id>`, made once by `make`. The work is done in a folder
 * beside it, which is renamed at the end, so a kill leaves nothing that looks like a model. Waits while another live
 * process works on the same model.
 */
export async function storeModel(
  id: string,
  report: Report,
  make: (folders: ModelFolders) => Promise<void>,
): Promise<string> {
  const directory = storedModelDirectory(id);
  if (isModelComplete(directory)) return directory;
  const parent = dirname(directory);
  makeHomeFolder(parent);
  const lock = join(parent, `.${id}.lock`);
  await waitForLock(lock, id, report);
  const target = join(parent, `.${id}.staging`);
  try {
    if (isModelComplete(directory)) return directory;
    rmSync(target, { recursive: true, force: true });
    const start = performance.now();
    await make({ target, cache: join(parent, `.${id}.download`) });
    rmSync(directory, { recursive: true, force: true });
    renameSync(target, directory);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    report.note(`model ${id}: ready after ${seconds} s, in ${directory}`);
    return directory;
  } finally {
    rmSync(target, { recursive: true, force: true });
    rmSync(lock, { force: true });
  }
}

async function waitForLock(lock: string, id: string, report: Report): Promise<void> {
  for (let isFirst = true; !tryLock(lock); isFirst = false) {
    if (isFirst) report.note(`model ${id}: another command prepares it; waiting ...`);
    await sleep(POLL_MS);
  }
}
