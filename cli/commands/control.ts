import type { Client } from "@temporalio/client";
import type { Command } from "commander";
import { connectClient } from "../../infra/temporal/connection.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";
import {
  cancelSweep,
  pauseSweep,
  setSweepConcurrency,
  sweepNotRunning,
  unpauseSweep,
} from "../sweep/sweep-client.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";

/** `whetstone pause SWEEP`. */
export function addPauseCommand(program: Command, context: CommandContext): void {
  program
    .command("pause")
    .argument("<sweep>")
    .description("start no more units; units in flight end normally")
    .action(async (name: string) => {
      await send(context, name, (client) => pauseSweep(client, name));
      context.terminal.note(
        `Sweep ${name} is paused. Continue with \`npx whetstone unpause ${name}\`.`,
      );
    });
}

/** `whetstone unpause SWEEP`. */
export function addUnpauseCommand(program: Command, context: CommandContext): void {
  program
    .command("unpause")
    .argument("<sweep>")
    .description("continue after a pause")
    .action(async (name: string) => {
      await send(context, name, (client) => unpauseSweep(client, name));
      context.terminal.note(`Sweep ${name} continues.`);
    });
}

/** `whetstone cancel SWEEP`. */
export function addCancelCommand(program: Command, context: CommandContext): void {
  program
    .command("cancel")
    .argument("<sweep>")
    .description("stop a sweep and its units in flight; keep finished results")
    .action(async (name: string) => {
      await send(context, name, (client) => cancelSweep(client, name));
      context.terminal.note(
        `Sweep ${name} is being cancelled. Run the remaining units with \`npx whetstone resume ${name}\`.`,
      );
    });
}

/** `whetstone concurrency SWEEP UNITS`. */
export function addConcurrencyCommand(program: Command, context: CommandContext): void {
  program
    .command("concurrency")
    .argument("<sweep>")
    .argument("<units>", "maximum units in flight over the whole sweep")
    .description("change the maximum units in flight of a running sweep")
    .action(async (name: string, units: string) => {
      const concurrency = Number(units);
      if (!Number.isInteger(concurrency) || concurrency < 1) {
        throw new WhetstoneError(`${JSON.stringify(units)} is not a number of units.`, {
          code: "USAGE",
          hint: `npx whetstone concurrency ${name} 32`,
        });
      }
      await send(context, name, (client) => setSweepConcurrency(client, name, concurrency));
      context.terminal.note(`Sweep ${name} now runs up to ${concurrency} units at once.`);
    });
}

/** Sends a message to the workflow of a stored sweep. */
async function send(
  context: CommandContext,
  name: string,
  message: (client: Client) => Promise<void>,
): Promise<void> {
  await withSweep(context, name, (_, { status }) => {
    // The store knows this even while the Temporal server is down.
    if (status === "finished") throw sweepNotRunning(name, `Sweep ${name} is finished.`);
    return Promise.resolve();
  });
  const connection = await connectClient(context.settings);
  try {
    await message(connection.client);
  } finally {
    await connection.close();
  }
}
