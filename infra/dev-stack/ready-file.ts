import { utimesSync, writeFileSync } from "node:fs";

/** Milliseconds between two signs of life; probes allow a minute. */
const INTERVAL_MS = 10_000;

/**
 * Writes this process's pid to the file, then renews the file's time every `intervalMs` until the returned function is
 * called: a probe that finds an old time knows that the process is dead or hangs. The timer keeps no process alive.
 */
export function keepReadyFile(path: string, intervalMs = INTERVAL_MS): () => void {
  writeFileSync(path, String(process.pid));
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // The file was removed: the probe fails, which is what removing it asks for.
    }
  }, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
