import { readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { readProcessIdentity } from "./dev-stack/process-identity.js";

/**
 * Makes a lock file that names this process; false while another live process holds it. The lock of a dead process
 * is removed, so that the next call succeeds.
 */
export function tryLock(file: string): boolean {
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
