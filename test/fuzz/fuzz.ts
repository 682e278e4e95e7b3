import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { TARGETS } from "./targets.js";

/** What one target's cases showed. */
export interface FuzzResult {
  readonly target: string;
  readonly cases: number;
  /** The slowest case, milliseconds. */
  readonly slowestMs: number;
  /** The smallest case that fails and its error, or null. */
  readonly failure: string | null;
}

/** Runs that many cases, over all targets; equal seeds give equal cases. */
export async function fuzz(cases: number, seed: number): Promise<FuzzResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-fuzz-"));
  const results: FuzzResult[] = [];
  try {
    for (const { name, share, property } of TARGETS) {
      const numRuns = Math.max(1, Math.round(cases * share));
      let slowestMs = 0;
      let startedAt = performance.now();
      const details = await fc.check(property(folder), {
        numRuns,
        seed,
        plugins: [
          fc.beforeEach(() => {
            startedAt = performance.now();
          }),
          fc.afterEach(() => {
            slowestMs = Math.max(slowestMs, performance.now() - startedAt);
          }),
        ],
      });
      const failure = (details.failed ? fc.defaultReportMessage(details) : null) ?? null;
      results.push({ target: name, cases: details.numRuns, slowestMs, failure });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return results;
}
