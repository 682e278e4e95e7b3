import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { readStackStatus } from "../../infra/dev-stack/stack.js";
import { describeRandomGates, listFlaggedShares } from "../../report/statistics/random-gates.js";
import type { Store, SweepCounts, SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withStoreForReading, withSweep } from "../context.js";
import { formatColumns } from "../terminal/format.js";
import type { ProgressPoint } from "../terminal/progress.js";
import { countDone, dropOldPoints, measureRate, renderProgress } from "../terminal/progress.js";

interface StatusOptions {
  readonly watch?: true;
  readonly json?: true;
}

/** Refresh interval of `--watch`, milliseconds. */
const watchIntervalMs = 2_000;

/** `whetstone status [SWEEP]`: shows the state of one sweep or all sweeps. */
export function addStatusCommand(program: Command, context: CommandContext): void {
  program
    .command("status")
    .argument("[sweep]")
    .description("show the state of a sweep, or list all sweeps")
    .option("--watch", "refresh until the sweep ends")
    .option("--json", "JSON lines")
    .action(async (name: string | undefined, options: StatusOptions) => {
      if (name === undefined) await listSweeps(context, options);
      else {
        await withSweep(context, name, (store) => showSweep(context, store, name, options));
      }
    });
}

async function listSweeps(context: CommandContext, options: StatusOptions): Promise<void> {
  const { terminal } = context;
  const found = await withStoreForReading(context, async (store) => {
    const sweeps = (await store?.listSweeps()) ?? [];
    return Promise.all(
      sweeps.map(async (sweep) => ({ sweep, counts: await countSweep(store, sweep.name) })),
    );
  });
  if (options.json === true) {
    for (const { sweep, counts } of found) terminal.json(toRecord(sweep, counts));
    return;
  }
  if (found.length === 0) {
    terminal.note("No sweep has been run yet. Try `npx whetstone run configs/quickstart.yaml`.");
    return;
  }
  const rows = found.map(({ sweep, counts }) => [
    sweep.name,
    sweep.status,
    `${countDone(counts, false)}/${counts.planned}`,
    String(counts.failed),
    sweep.updatedAt,
  ]);
  const heads = ["sweep", "status", "units", "failed", "updated"];
  for (const line of formatColumns(heads, rows, [2, 3])) terminal.result(line);
}

async function countSweep(store: Store | null, name: string): Promise<SweepCounts> {
  if (store === null) throw new Error("a listed sweep has a store");
  return store.countResults(name);
}

async function showSweep(
  context: CommandContext,
  store: Store,
  name: string,
  options: StatusOptions,
): Promise<void> {
  let points: ProgressPoint[] = [];
  for (;;) {
    const sweep = await store.getSweep(name);
    if (sweep === null) return;
    const counts = await store.countResults(name);
    points = dropOldPoints([...points, { at: performance.now(), done: countDone(counts, false) }]);
    const isRunning = sweep.status === "running" || sweep.status === "planned";
    const isLast = options.watch !== true || !isRunning;
    if (options.json === true) context.terminal.json(toRecord(sweep, counts));
    else if (isLast) {
      printSweep(context, sweep, counts);
      if (sweep.status === "finished") await printRandomGates(context, store, sweep);
    } else showProgress(context, renderProgress(counts, measureRate(points)));
    if (isLast) return;
    await sleep(watchIntervalMs);
  }
}

function showProgress(context: CommandContext, line: string): void {
  if (context.terminal.isInteractive) context.terminal.live(line);
  else context.terminal.note(line);
}

/** Its gated methods' flagged shares are known once a sweep is finished; a control needs them in its config. */
async function printRandomGates(
  { terminal }: CommandContext,
  store: Store,
  { name, config }: SweepRecord,
): Promise<void> {
  const rows = await store.listResults(name, { role: "report" });
  for (const line of describeRandomGates(listFlaggedShares(config, rows))) {
    terminal.result(`gate       ${line}`);
  }
}

function printSweep(context: CommandContext, sweep: SweepRecord, counts: SweepCounts): void {
  const { terminal, settings } = context;
  const reason = sweep.statusReason === null ? "" : `: ${sweep.statusReason}`;
  terminal.result(`sweep ${sweep.name}: ${sweep.status}${reason}`);
  terminal.result(`units      ${countDone(counts, false)} of ${counts.planned} done`);
  terminal.result(`answers    ${counts.scored} scored, ${counts.unparsable} unparsable`);
  terminal.result(`failed     ${counts.failed}`);
  terminal.result(`uncertain  ${counts.uncertain}, adapted ${counts.adapted}`);
  terminal.result(`variants   ${sweep.config.variants.map((variant) => variant.name).join(", ")}`);
  terminal.result(`updated    ${sweep.updatedAt}`);
  const isOpen = countDone(counts, false) < counts.planned;
  if (isOpen && !settings.externalTemporal) {
    const alive = readStackStatus(settings).filter((service) => service.alive);
    const workers = alive.filter((service) => service.name.startsWith("worker-"));
    if (workers.length === 0) {
      terminal.note(
        `No local worker is running. Continue with \`npx whetstone resume ${sweep.name}\`.`,
      );
    }
  }
  if (counts.failed > 0) {
    terminal.note(`Show failures: npx whetstone samples ${sweep.name} --failed`);
    terminal.note(`Rerun them:    npx whetstone retry ${sweep.name} --failed`);
  }
}

function toRecord(sweep: SweepRecord, counts: SweepCounts): object {
  const { name, status, statusReason, configHash, createdAt, updatedAt } = sweep;
  return { name, status, statusReason, configHash, createdAt, updatedAt, ...counts };
}
