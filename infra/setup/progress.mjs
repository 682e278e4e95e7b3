import { performance } from "node:perf_hooks";
import process from "node:process";

/**
 * Prints what is being done and how long it took, on stderr. Quiet about steps that had nothing
 * to do, so that a start after the set-up shows only what the user asked for.
 */
export function createProgress(write = (line) => process.stderr.write(line)) {
  const begin = performance.now();
  let worked = false;
  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  return {
    /** Runs one step that does something and reports its seconds. */
    step(title, work) {
      worked = true;
      write(`set-up: ${title} ...\n`);
      const start = performance.now();
      const result = work();
      write(`set-up: ${title}: done in ${seconds(start)}\n`);
      return result;
    },
    /** Closes the report; says nothing where nothing had to be done. */
    done(line) {
      if (!worked) return;
      write(`set-up: ${line}\n`);
      write(`set-up: ready after ${seconds(begin)}\n`);
    },
  };
}
