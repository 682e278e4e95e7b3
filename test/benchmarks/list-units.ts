/**
 * Measures a page of `listUnits` in a large sweep, on SQLite and on PostgreSQL if one is installed:
 * `npx tsx test/benchmarks/list-units.ts [UNITS] [sqlite|postgres]` (default: 1,000,000 on both). Prints milliseconds per page of 300 (median
 * and largest of 20 pages, and the mean processor time of this process, which holds SQLite too and says more on a busy
 * machine) at the start, in the middle and at the end of the plan; then with one half answered and every tenth unit of
 * that half failed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { listUnits } from "../../activities/cpu/list-units.js";
import type { ListUnitsInput } from "../../contracts/steps/list-units.js";
import { CALIBRATION_VARIANT } from "../../domain/uncertainty/calibration.js";
import type { PlanPlace } from "../../domain/units/plan-place.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import { connect } from "../../store/connection.js";
import { parseDatabaseUrl } from "../../store/database-url.js";
import { openStore } from "../../store/open-store.js";
import type { Store } from "../../store/store.js";
import { parse } from "../unit/domain/config/fixtures.js";
import { makeSampleKey, makeSweep, makeUnit } from "../unit/store/fixtures.js";
import { NO_POSTGRES, startPostgres } from "../unit/store/postgres.js";

const UNITS = Number(process.argv[2] ?? 1_000_000);
const ONLY = process.argv[3];
const CALIBRATION = 100;
const PAGE = 300;
const REPEATS = 20;
const VARIANTS = ["base", "tt-si", "argmax-name", "shuffled-pair"];

function planUnits(): PlannedUnit[] {
  const calibration = Array.from({ length: CALIBRATION }, (_, row) =>
    makeUnit(row, { variant: CALIBRATION_VARIANT, role: "calibration" }),
  );
  const samples = Math.ceil((UNITS - CALIBRATION) / VARIANTS.length);
  const reported = Array.from({ length: samples }, (_, row) => row + CALIBRATION).flatMap((row) =>
    VARIANTS.map((variant) => makeUnit(row, { variant, sampleKey: makeSampleKey(row) })),
  );
  return [...calibration, ...reported];
}

/** Milliseconds of one call, and of processor time. */
interface Took {
  readonly wall: number;
  readonly cpu: number;
}

async function time(call: () => Promise<unknown>): Promise<Took> {
  const [begin, before] = [performance.now(), process.cpuUsage()];
  await call();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - begin, cpu: (user + system) / 1000 };
}

function show(what: string, times: readonly Took[]): void {
  const sorted = times.map(({ wall }) => wall).sort((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const cpu = times.reduce((sum, each) => sum + each.cpu, 0) / times.length;
  const cells = [median, sorted.at(-1) ?? 0, cpu].map((each) => each.toFixed(1).padStart(8));
  console.log(`  ${what.padEnd(58)} ${cells.join(" ")}`);
}

/** Consecutive pages from a place on, each of the partition that is next in turn. */
async function timePages(
  store: Store,
  what: string,
  start: number | null,
  changes: Partial<ListUnitsInput> = {},
): Promise<void> {
  const { partitions = 4 } = changes;
  const times: Took[] = [];
  let after: PlanPlace | undefined = start === null ? undefined : { position: start, unitKey: "" };
  for (let page = 0; page < REPEATS; page += 1) {
    const input: ListUnitsInput = {
      ...{ sweep: "trial", role: "report", retryFailedBefore: null, limit: PAGE },
      ...{ partitions, partition: page % partitions, ...changes },
      ...(after === undefined ? {} : { after }),
    };
    let found = 0;
    times.push(
      await time(async () => {
        const { units, end } = await listUnits(store, input);
        found = units.length;
        if (start !== null) after = end;
      }),
    );
    if (found < PAGE) break;
  }
  show(`${what} (${times.length} pages)`, times);
}

async function answerHalf(url: string): Promise<void> {
  const { database } = connect(parseDatabaseUrl(url), url);
  await sql`
    insert into results (
      unit_key, sweep, variant, seed, dataset, sample_key, role, outcome, verdict, repaired, adapted,
      synthesis_attempts, candidate_count, attempt, started_at, finished_at, run_id, tool_version, engine_version, trace
    )
    select unit_key, sweep, variant, seed, dataset, sample_key, role,
      case when position % 10 = 0 then 'failed' else 'scored' end, '', 0, 0, 0, 4, 1,
      '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z', 'run', '0.1.0', '0.1.0', '{"timings":[]}'
    from units where position < ${UNITS / 2}`.execute(database);
  await database.destroy();
}

async function measure(name: string, url: string): Promise<void> {
  console.log(`\n${name}: ${UNITS} units`);
  const store = await openStore(url);
  try {
    const config = parse(
      `sweep: trial\nmodel: tiny\ndataset: { format: lookalike, calibration: ${CALIBRATION} }\nvariants: [${VARIANTS.join(", ")}, { name: auto, method: tt-si, tau: auto }]`,
    );
    await store.createSweep(makeSweep({ config, provenance: { model: { fingerprint: "f" } } }));
    const units = planUnits();
    const seconds = async (what: string, call: () => Promise<unknown>) => {
      const { wall, cpu } = await time(call);
      const [seconds, busy] = [wall, cpu].map((each) => (each / 1000).toFixed(1));
      console.log(`  ${what.padEnd(58)} ${seconds} s, processor ${busy} s`);
    };
    await seconds("store the plan", () => store.putUnits(units));
    units.length = 0;
    await seconds("count pending units, as the start of a sweep does", () =>
      store.countPendingUnits("trial"),
    );
    console.log(`  ${"milliseconds per page".padEnd(58)}   median  largest processor`);
    await timePages(store, "first call, draws the circles of shuffled-pair", 0, { limit: PAGE });
    await timePages(store, "calibration", null, { role: "calibration" });
    for (const partitions of [1, 4, 64]) {
      const of = `, ${partitions} partition${partitions === 1 ? "" : "s"}`;
      await timePages(store, `start of the plan${of}`, null, { partitions });
      await timePages(store, `middle of the plan${of}`, UNITS / 2, { partitions });
      await timePages(store, `end of the plan${of}`, UNITS - 26_000, { partitions });
    }
    await seconds("answer one half", () => answerHalf(url));
    await timePages(store, "first page after a resume, at the first open unit", null);
    await timePages(store, "its next pages", UNITS / 2);
    const retry = { retryFailedBefore: "2026-01-02T00:00:00.000Z" };
    await timePages(store, "retry, from the start", 0, retry);
    await timePages(store, "retry, in the middle", UNITS / 4, retry);
    await seconds("count pending units", () => store.countPendingUnits("trial"));
  } finally {
    await store.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), "whetstone-list-units-"));
try {
  if (ONLY !== "postgres") await measure("SQLite", `sqlite:${join(folder, "whetstone.db")}`);
} finally {
  rmSync(folder, { recursive: true });
}
const server = ONLY === "sqlite" ? null : await startPostgres();
if (ONLY === "sqlite") console.log();
else if (server === null) console.log(`\n${NO_POSTGRES}`);
else {
  try {
    await measure("PostgreSQL", await server.createDatabase());
  } finally {
    server.stop();
  }
}
