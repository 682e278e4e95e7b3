/**
 * Fills a results database with a synthetic sweep, for manual measurements:
 *
 * npx tsx test/unit/report/large-store.ts /tmp/large/whetstone.db 1250
 * WHETSTONE_HOME=/tmp/large npx whetstone report made-up --out /tmp/large/report
 *
 * Eight variants answer each sample, so 1250 samples give 10,000 units.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { openStore } from "../../../store/open-store.js";
import { makeReport } from "../../browser/make-report.js";

const [path, samples] = process.argv.slice(2);
if (path === undefined || samples === undefined) throw new Error("large-store.ts DATABASE SAMPLES");
mkdirSync(dirname(path), { recursive: true });
const store = await openStore(`sqlite:${path}`);
for (const sweep of makeReport({ samples: Number(samples) }).sweeps) {
  await store.createSweep(sweep.record);
  await store.putSamples("lookalike", "made-up", [...sweep.samples.values()]);
  await store.putUnits(sweep.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
  for (const row of sweep.units) await store.putResult(row);
}
await store.close();
