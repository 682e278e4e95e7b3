import type { ResolvedConfig } from "../../domain/config/config.js";
import type { Store } from "../../store/store.js";
import { agreeOnDtype } from "./agree-on-dtype.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../terminal/exit-codes.js";
import { InterruptedError, onInterrupt } from "../terminal/interrupt.js";
import type { LocalStack } from "./local-stack.js";
import { printFollowing, printWayBack } from "./print-ways.js";
import { printSummary } from "./print-summary.js";
import { findStall } from "./stall/find-stall.js";
import { startSweep, sweepUrl } from "./sweep-client.js";
import { waitWhileAway } from "./wait-while-away.js";
import { watchSweep } from "./watch-sweep.js";
import type { ServerOptions } from "./with-server.js";
import { withServer } from "./with-server.js";

/** How to run a planned sweep. */
export interface ExecuteOptions {
  readonly config: ResolvedConfig;
  /** Also rerun failed units. */
  readonly retryFailed: boolean;
  /** Start the sweep, print how to follow it, and exit. */
  readonly detach: boolean;
}

/**
 * Runs the remaining units of a sweep whose plan is in the store: starts the local stack if it is not running, starts
 * or joins the workflow, shows progress, prints the table. Starts nothing if no units remain. Returns the exit code.
 */
export async function executeSweep(
  context: CommandContext,
  store: Store,
  stack: LocalStack,
  options: ExecuteOptions,
): Promise<number> {
  const { sweep } = options.config;
  const includeFailed = options.retryFailed;
  const pending = await store.pagePendingUnits(sweep, { includeFailed, after: null, limit: 1 });
  if (pending.length === 0) {
    context.terminal.note(`Sweep ${sweep} is complete; there is nothing to run.`);
    return printSummary(context, store, sweep);
  }
  const interrupt = onInterrupt();
  try {
    const { signal } = interrupt;
    await interrupt.race(stack.start(signal));
    const agree = () => agreeOnDtype(store, context.settings, sweep);
    await interrupt.race(waitWhileAway(agree, { terminal: context.terminal, signal }));
    const server = { stack, interrupt };
    if (options.detach) {
      await startDetached(context, options, server);
      return exitCodes.ok;
    }
    await follow(context, store, options, server);
    return await printSummary(context, store, sweep);
  } catch (error) {
    printWayBack(context, sweep);
    if (error instanceof InterruptedError) return exitCodes.interrupted;
    throw error;
  } finally {
    interrupt.dispose();
  }
}

async function startDetached(
  context: CommandContext,
  options: ExecuteOptions,
  server: ServerOptions,
): Promise<void> {
  const { config, retryFailed } = options;
  const attached = await withServer(context, server, async ({ client }) => {
    const running = await startSweep(client, { config, retryFailed });
    return running.attached;
  });
  printFollowing(context, config.sweep, attached);
}

/** Follows the sweep until it ends, across restarts of a local server. */
async function follow(
  context: CommandContext,
  store: Store,
  options: ExecuteOptions,
  server: ServerOptions,
): Promise<void> {
  const { terminal, settings } = context;
  const { config, retryFailed } = options;
  const { stack, interrupt } = server;
  let isFirst = true;
  await withServer(context, server, async ({ client, target }) => {
    const running = await startSweep(client, { config, retryFailed });
    if (isFirst) {
      terminal.note(`${running.attached ? "joined" : "started"} sweep ${config.sweep}`);
      terminal.note(`Temporal UI: ${sweepUrl(settings, target.namespace, config.sweep)}`);
    }
    isFirst = false;
    const { signal } = interrupt;
    const findIt = async (lastResultAt: string | undefined, paused: boolean) => {
      const sweep = { name: config.sweep, status: "running" as const, config };
      return findStall(client, settings, { sweep, lastResultAt, paused });
    };
    await watchSweep(running, {
      ...{ terminal, store, stack, retryFailed, signal, findStall: findIt },
    });
  });
}
