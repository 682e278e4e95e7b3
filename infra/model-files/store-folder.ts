import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryLock } from "../lock-file.js";
import { makeHomeFolder } from "../make-folder.js";
import type { Report } from "./report.js";

/** Folders of one thing that is being made. */
export interface MakeFolders {
  /** Does not exist yet; becomes the stored directory. */
  readonly target: string;
  /** Keeps what was downloaded if the work fails or is killed; whoever finishes removes it. */
  readonly cache: string;
}

/** What is stored. */
interface StoredFolder {
  readonly directory: string;
  /** What messages call it, for example "model tiny". */
  readonly title: string;
  readonly isComplete: (directory: string) => boolean;
}

/** How often to look whether another process has finished, milliseconds. */
const POLL_MS = 500;

/**
 * Makes a directory of WHETSTONE_HOME once. The work is done in a folder beside it, which is renamed at the end, so a
 * kill leaves nothing that looks complete. Waits while another live process works on the same directory.
 */
export async function storeFolder(
  { directory, title, isComplete }: StoredFolder,
  report: Report,
  make: (folders: MakeFolders) => Promise<void>,
): Promise<string> {
  if (isComplete(directory)) return directory;
  const parent = dirname(directory);
  const id = basename(directory);
  makeHomeFolder(parent);
  const lock = join(parent, `.${id}.lock`);
  await waitForLock(lock, title, report);
  const target = join(parent, `.${id}.staging`);
  try {
    if (isComplete(directory)) return directory;
    rmSync(target, { recursive: true, force: true });
    const start = performance.now();
    await make({ target, cache: join(parent, `.${id}.download`) });
    rmSync(directory, { recursive: true, force: true });
    renameSync(target, directory);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    report.note(`${title}: ready after ${seconds} s, in ${directory}`);
    return directory;
  } finally {
    rmSync(target, { recursive: true, force: true });
    rmSync(lock, { force: true });
  }
}

async function waitForLock(lock: string, title: string, report: Report): Promise<void> {
  for (let isFirst = true; !tryLock(lock); isFirst = false) {
    if (isFirst) report.note(`${title}: another command prepares it; waiting ...`);
    await sleep(POLL_MS);
  }
}
