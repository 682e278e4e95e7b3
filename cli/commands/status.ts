import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { readStackStatus } from "../../infra/dev-stack/stack.js";
import { describeRandomGates, listFlaggedShares } from "../../report/statistics/random-gates.js";
import type { SweepProgress } from "../../contracts/messages.js";
import type { Store, StoredProgress, SweepCounts, SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withStoreForReading, withSweep } from "../context.js";
import { formatColumns } from "../terminal/format.js";
import type { SweepObserver } from "../sweep/observe-sweep.js";
import { observeSweep } from "../sweep/observe-sweep.js";
import type { Stall } from "../sweep/stall/stall.js";
import { exitCodes } from "../terminal/exit-codes.js";
import type { SweepView } from "../terminal/progress.js";
import { countCalibration, countDone, renderPace, renderProgress } from "../terminal/progress.js";
import { renderProgressBlock } from "../terminal/progress-block.js";

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
      sweeps.map(async (sweep) => ({ sweep, ...(await readSweep(store, sweep.name)) })),
    );
  });
  if (options.json === true) {
    for (const { sweep, ...view } of found) {
      terminal.json(toRecord(sweep, { ...view, paused: false, stall: null }));
    }
    return;
  }
  if (found.length === 0) {
    terminal.note("No sweep has been run yet. Try `npx whetstone run configs/quickstart.yaml`.");
    return;
  }
  const rows = found.map(({ sweep, counts, progress }) => [
    sweep.name,
    sweep.status,
    `${countDone(counts, false)}/${counts.planned}`,
    String(counts.failed),
    updatedAt(sweep, progress),
  ]);
  const heads = ["sweep", "status", "units", "failed", "updated"];
  for (const line of formatColumns(heads, rows, [2, 3])) terminal.result(line);
}

async function readSweep(
  store: Store | null,
  name: string,
): Promise<{ readonly counts: SweepCounts; readonly progress: StoredProgress }> {
  if (store === null) throw new Error("a listed sweep has a store");
  return { counts: await store.countResults(name), progress: await store.readProgress(name) };
}

async function showSweep(
  context: CommandContext,
  store: Store,
  name: string,
  options: StatusOptions,
): Promise<void> {
  const observer = observeSweep(context, name);
  try {
    for (;;) {
      const sweep = await store.getSweep(name);
      if (sweep === null) return;
      const counts = await store.countResults(name);
      const progress = await store.readProgress(name);
      const isRunning = sweep.status === "running" || sweep.status === "planned";
      const state = sweep.status === "running" ? await observer.ask() : null;
      const view: SweepView = {
        ...{ counts, progress, paused: state?.paused ?? false, retryFailed: false },
        ...{ fineTunes: state?.fineTunes ?? [], now: Date.now() },
        stall: isRunning ? await searchStall(observer, store, sweep, progress, state) : null,
      };
      const isLast = options.watch !== true || !isRunning;
      if (options.json === true) context.terminal.json(toRecord(sweep, view));
      else if (isLast) {
        printSweep(context, sweep, view);
        if (sweep.status === "finished") await printRandomGates(context, store, sweep);
      } else showProgress(context, name, view);
      if (isLast) {
        if (view.stall !== null) process.exitCode = exitCodes.stalled;
        return;
      }
      await sleep(watchIntervalMs);
    }
  } finally {
    await observer.close();
  }
}

/** The reason why a sweep has stalled; null if it ended during the search. */
async function searchStall(
  observer: SweepObserver,
  store: Store,
  sweep: SweepRecord,
  progress: StoredProgress,
  state: SweepProgress | null,
): Promise<Stall | null> {
  const [newest] = progress.ends;
  const stall = await observer.findStall({
    ...{ sweep, lastResultAt: newest?.finishedAt, paused: state?.paused ?? false },
  });
  const now = stall === null ? null : await store.getSweep(sweep.name);
  return now?.status === sweep.status ? stall : null;
}

function showProgress({ terminal }: CommandContext, name: string, view: SweepView): void {
  if (terminal.isInteractive) terminal.live(renderProgressBlock(name, view));
  else terminal.note(renderProgress(view));
}

/** Its gated methods' flagged shares are known once a sweep is finished; a control needs them in its config. */
async function printRandomGates(
  { terminal }: CommandContext,
  store: Store,
  { name, config }: SweepRecord,
): Promise<void> {
  const counts = await store.countFlagged(name);
  for (const line of describeRandomGates(listFlaggedShares(config, counts))) {
    terminal.result(`gate       ${line}`);
  }
}

function printSweep(context: CommandContext, sweep: SweepRecord, view: SweepView): void {
  const { terminal, settings } = context;
  const { counts, progress } = view;
  const calibration = countCalibration(progress);
  const reason = sweep.statusReason === null ? "" : `: ${sweep.statusReason}`;
  const status = view.paused ? `${sweep.status}, paused` : sweep.status;
  terminal.result(`sweep ${sweep.name}: ${status}${reason}`);
  if (view.stall !== null) terminal.result(`stalled    ${view.stall.reason}`);
  const named = calibration === 0 ? "" : `, ${calibration} of them for calibration`;
  terminal.result(`units      ${countDone(counts, false)} of ${counts.planned} done${named}`);
  if (sweep.status === "running") terminal.result(`pace       ${renderPace(view).join(", ")}`);
  terminal.result(`answers    ${counts.scored} scored, ${counts.unparsable} unparsable`);
  const codes = progress.errors.map(({ code, count }) => `${code} ${count}`).join(", ");
  terminal.result(`failed     ${counts.failed}${codes === "" ? "" : `: ${codes}`}`);
  terminal.result(`uncertain  ${counts.uncertain}, adapted ${counts.adapted}`);
  terminal.result(`variants   ${sweep.config.variants.map((variant) => variant.name).join(", ")}`);
  terminal.result(`updated    ${updatedAt(sweep, progress)}`);
  if (view.stall !== null) terminal.note(`Next: ${view.stall.next} (${view.stall.code})`);
  const isOpen = countDone(counts, false) < counts.planned;
  if (isOpen && view.stall === null && !settings.externalTemporal) {
    const alive = readStackStatus(settings).filter((service) => service.alive);
    const workers = alive.filter((service) => service.name.startsWith("worker-"));
    if (workers.length === 0) {
      terminal.note(
        `No local worker is running. Continue with \`npx whetstone resume ${sweep.name}\`.`,
      );
    }
  }
  if (view.paused) terminal.note(`Continue with: npx whetstone unpause ${sweep.name}`);
  if (counts.failed > 0) {
    terminal.note(`Show failures: npx whetstone samples ${sweep.name} --failed`);
    terminal.note(`Rerun them:    npx whetstone retry ${sweep.name} --failed`);
  }
}

/** When the sweep's record or its results last changed. */
function updatedAt(sweep: SweepRecord, { ends: [newest] }: Pick<StoredProgress, "ends">): string {
  const { finishedAt = "" } = newest ?? {};
  return finishedAt > sweep.updatedAt ? finishedAt : sweep.updatedAt;
}

function toRecord(
  sweep: SweepRecord,
  { counts, progress, paused, stall }: Pick<SweepView, "counts" | "progress" | "paused" | "stall">,
): object {
  const { name, status, statusReason, configHash, createdAt } = sweep;
  return {
    name,
    status,
    statusReason,
    configHash,
    createdAt,
    updatedAt: updatedAt(sweep, progress),
    ...(paused && { paused }),
    ...(stall !== null && { stall }),
    ...counts,
  };
}
