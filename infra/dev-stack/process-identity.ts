import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

/**
 * The start time of a process, which distinguishes it from any other process with the same pid.
 * Null if no such process runs (a zombie does not count).
 */
export function readProcessIdentity(pid: number): string | null {
  return process.platform === "linux" ? readFromProc(pid) : readFromPs(pid);
}

function readFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program name in parentheses and may itself contain spaces and
    // parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    const startTicks = fields[19];
    if (startTicks === undefined || state === "Z" || state === "X") return null;
    // Ticks count from boot, so they are only meaningful together with the boot id.
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${startTicks}`;
  } catch {
    return null;
  }
}

function readFromPs(pid: number): string | null {
  try {
    const line = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state = "", ...started] = line.split(/\s+/);
    return line === "" || state.startsWith("Z") ? null : started.join(" ");
  } catch {
    return null;
  }
}
