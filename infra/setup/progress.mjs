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
      write(`setup: ${title} ...\n`);
      const start = performance.now();
      const result = work();
      write(`setup: ${title}: done in ${seconds(start)}\n`);
      return result;
    },
    /** Ends the report; prints nothing if no step had work to do. */
    done(line) {
      if (!worked) return;
      write(`setup: ${line}\n`);
      write(`setup: ready after ${seconds(begin)}\n`);
    },
  };
}
