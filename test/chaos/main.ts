/**
 * Chaos for developers: `npm run chaos -- --minutes 10 --seed 1`. Runs a sweep on a local stack of its own, undisturbed
 * first and then again and again while random processes are killed, asked to end and stopped, until the time is over.
 * As root, the disk is full now and then; with PostgreSQL installed, every second round uses it, and it goes away.
 * Compares the rows each time. Exit code 1 if a unit was lost, doubled, failed or answered otherwise, or if a command
 * ended with an error.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { createRandom } from "../../domain/identity/random.js";
import { adaptingSweep } from "../crash/adapting-sweep.js";
import { readRows, startRun } from "../crash/own-database.js";
import { createWorkspace } from "../e2e/workspace.js";
import { NO_POSTGRES, startPostgres } from "../unit/store/postgres.js";
import type { RowComparison } from "./compare-rows.js";
import { compareRows } from "./compare-rows.js";
import { runDisturbed } from "./disturbance.js";
import type { Fault } from "./faults.js";
import { mountSmallDisk, NO_SMALL_DISK } from "./small-disk.js";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    samples: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [minutes, samples, seed] = [values.minutes, values.samples, values.seed].map(Number);
if (!(Number(minutes) > 0) || !(Number(samples) >= 1) || !Number.isSafeInteger(seed)) {
  process.stderr.write("usage: npm run chaos -- --minutes 10 --samples 60 --seed 1\n");
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const disk = mountSmallDisk();
const postgres = await startPostgres();
const workspace = await createWorkspace(disk?.folder);
workspace.write("config.yaml", adaptingSweep(Number(samples)));

function describeFault({ kind, target, lastsMs }: Fault): string {
  return `${kind}${lastsMs > 0 ? ` (${(lastsMs / 1000).toFixed(0)} s)` : ""}: ${target}`;
}

const diskOutage = disk && {
  begin() {
    disk.fill();
  },
  end() {
    disk.clear();
  },
};

const faultless = ({ lost, doubled, failed, different }: RowComparison): boolean =>
  lost + doubled + failed + different === 0;

try {
  say(`seed ${seed}: ${samples} samples, two variants; undisturbed first`);
  if (disk === null) say(`the disk is never full: ${NO_SMALL_DISK}`);
  if (!postgres?.outage) say(`no PostgreSQL goes away: ${NO_POSTGRES}`);
  const first = await startRun(workspace, "undisturbed").ended;
  if (first.code !== 0) throw new Error(`the undisturbed run failed:\n${first.stderr}`);
  const undisturbed = await readRows(workspace, "undisturbed");
  const random = createRandom(Number(seed));
  const survived = new Map<string, number>();
  const deadline = Date.now() + Number(minutes) * 60_000;
  for (let round = 1; Date.now() < deadline; round += 1) {
    const sweep = `disturbed-${round}`;
    const server = round % 2 === 0 ? postgres : null;
    const databaseUrl = await server?.createDatabase();
    const startedAt = Date.now();
    const run = await runDisturbed(workspace, () => startRun(workspace, sweep, databaseUrl), {
      random,
      outages: {
        ...(diskOutage && { disk: diskOutage }),
        ...(server?.outage && { database: server.outage }),
      },
      onFault(fault) {
        say(`  ${((Date.now() - startedAt) / 1000).toFixed(0)} s  ${describeFault(fault)}`);
      },
    });
    const compared = compareRows(await readRows(workspace, sweep, databaseUrl), undisturbed);
    for (const { kind } of run.faults) survived.set(kind, (survived.get(kind) ?? 0) + 1);
    say(
      `round ${round} (${server === null ? "SQLite" : "PostgreSQL"}): ${run.faults.length} faults (${run.missed} found nothing to hit) in ${((Date.now() - startedAt) / 1000).toFixed(0)} s; of ${undisturbed.length} units ` +
        `${compared.lost} lost, ${compared.doubled} doubled, ${compared.failed} failed, ${compared.different} different; ` +
        `done twice: ${compared.repeatedSteps} steps, ${compared.retrained} adapters`,
    );
    if (run.code !== 0) say(`the command ended with code ${run.code}:\n${run.stderr}`);
    if (run.code !== 0 || !faultless(compared)) process.exitCode = 1;
  }
  for (const [kind, count] of survived) say(`${kind}: ${count}`);
  say(process.exitCode === 1 ? "NOT survived" : "survived");
} finally {
  await workspace.close();
  postgres?.stop();
  disk?.close();
}
