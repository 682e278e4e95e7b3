import { isGrpcServiceError } from "@temporalio/client";
import type { ResolvedConfig } from "../../domain/config/config.js";
import { connectClient } from "../../infra/temporal/connection.js";
import type { Store } from "../../store/store.js";
import { agreeOnDtype } from "./agree-on-dtype.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../terminal/exit-codes.js";
import type { Interrupt } from "../terminal/interrupt.js";
import { InterruptedError, onInterrupt } from "../terminal/interrupt.js";
import type { LocalStack } from "./local-stack.js";
import { printFollowing, printWayBack } from "./print-ways.js";
import { printSummary } from "./print-summary.js";
import { findStall } from "./stall/find-stall.js";
import { startSweep, sweepUrl } from "./sweep-client.js";
import { watchSweep } from "./watch-sweep.js";

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
    await interrupt.race(stack.start());
    await agreeOnDtype(store, context.settings, sweep);
    if (options.detach) {
      await interrupt.race(startDetached(context, options));
      return exitCodes.ok;
    }
    await follow(context, store, options, stack, interrupt);
    return await printSummary(context, store, sweep);
  } catch (error) {
    printWayBack(context, sweep);
    if (error instanceof InterruptedError) return exitCodes.interrupted;
    throw error;
  } finally {
    interrupt.dispose();
  }
}

async function startDetached(context: CommandContext, options: ExecuteOptions): Promise<void> {
  const { config, retryFailed } = options;
  const connection = await connectClient(context.settings);
  try {
    const running = await startSweep(connection.client, { config, retryFailed });
    printFollowing(context, config.sweep, running.attached);
  } finally {
    await connection.close();
  }
}

/** Follows the sweep until it ends, across restarts of a local server. */
async function follow(
  context: CommandContext,
  store: Store,
  options: ExecuteOptions,
  stack: LocalStack,
  interrupt: Interrupt,
): Promise<void> {
  const { terminal, settings } = context;
  const { config, retryFailed } = options;
  for (let isFirst = true; ; isFirst = false) {
    const connection = await interrupt.race(connectClient(settings));
    try {
      const running = await interrupt.race(startSweep(connection.client, { config, retryFailed }));
      if (isFirst) {
        terminal.note(`${running.attached ? "joined" : "started"} sweep ${config.sweep}`);
        const { namespace } = connection.target;
        terminal.note(`Temporal UI: ${sweepUrl(settings, namespace, config.sweep)}`);
      }
      const { signal } = interrupt;
      const findIt = async (lastResultAt: string | undefined, paused: boolean) => {
        const sweep = { name: config.sweep, status: "running" as const, config };
        return findStall(connection.client, settings, { sweep, lastResultAt, paused });
      };
      const watch = watchSweep(running, {
        ...{ terminal, store, stack, retryFailed, signal, findStall: findIt },
      });
      await interrupt.race(watch);
      return;
    } catch (error) {
      // If the server dies, the connection is lost, but the sweep is in the server's database.
      if (!isGrpcServiceError(error) || !(await interrupt.race(stack.repair()))) throw error;
    } finally {
      await connection.close();
    }
  }
}
