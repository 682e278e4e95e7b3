import { performance } from "node:perf_hooks";
import process from "node:process";

/**
 * Reports each step and its duration on stderr. Prints nothing for steps with nothing to do, so
 * that a start after setup shows only the requested output.
 */
export function createProgress(write = (line) => process.stderr.write(line)) {
  const begin = performance.now();
  let worked = false;
  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  return {
    /** Runs one step that has work to do and reports its duration. */
    step(title, work) {
      worked = true;
      write(`set-up: ${title} ...\n`);
      const start = performance.now();
      const result = work();
      write(`set-up: ${title}: done in ${seconds(start)}\n`);
      return result;
    },
    /** Ends the report; prints nothing if no step had work to do. */
    done(line) {
      if (!worked) return;
      write(`set-up: ${line}\n`);
      write(`set-up: ready after ${seconds(begin)}\n`);
    },
  };
}
