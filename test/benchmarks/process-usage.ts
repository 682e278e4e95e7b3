import { readFileSync } from "node:fs";

/** CPU time of a process so far, in milliseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // The kernel counts hundredths of a second: user time, then system time.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process, now and at most so far, in MB; 0 once it has ended. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const read = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024;
    return { now: read("VmRSS"), peak: read("VmHWM") };
  } catch {
    return { now: 0, peak: 0 };
  }
}
