import type { Client } from "@temporalio/client";
import type { Command } from "commander";
import { connectClient } from "../../infra/temporal-connection.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";
import { cancelSweep, pauseSweep, setSweepConcurrency, unpauseSweep } from "../sweep-client.js";
import { WhetstoneError } from "../../domain/errors.js";

/** `whetstone pause|unpause|cancel|concurrency SWEEP`: messages to a running sweep. */
export function addControlCommands(program: Command, context: CommandContext): void {
  const send = async (name: string, message: (client: Client) => Promise<void>, said: string) => {
    await withSweep(context, name, () => Promise.resolve());
    const connection = await connectClient(context.settings);
    try {
      await message(connection.client);
      context.terminal.note(said);
    } finally {
      await connection.close();
    }
  };

  program
    .command("pause")
    .argument("<sweep>")
    .description("start no further units; those in flight end normally")
    .action((name: string) =>
      send(
        name,
        (client) => pauseSweep(client, name),
        `Sweep ${name} is paused. Go on with \`npx whetstone unpause ${name}\`.`,
      ),
    );

  program
    .command("unpause")
    .argument("<sweep>")
    .description("go on after a pause")
    .action((name: string) =>
      send(name, (client) => unpauseSweep(client, name), `Sweep ${name} goes on.`),
    );

  program
    .command("cancel")
    .argument("<sweep>")
    .description("stop a sweep and the units in flight; what is done stays")
    .action((name: string) =>
      send(
        name,
        (client) => cancelSweep(client, name),
        `Sweep ${name} is being cancelled. Run what is left with \`npx whetstone resume ${name}\`.`,
      ),
    );

  program
    .command("concurrency")
    .argument("<sweep>")
    .argument("<units>", "units in flight over the whole sweep")
    .description("change the number of units in flight of a running sweep")
    .action((name: string, units: string) => {
      const concurrency = Number(units);
      if (!Number.isInteger(concurrency) || concurrency < 1) {
        throw new WhetstoneError(`${JSON.stringify(units)} is not a number of units.`, {
          code: "USAGE",
          hint: `npx whetstone concurrency ${name} 32`,
        });
      }
      return send(
        name,
        (client) => setSweepConcurrency(client, name, concurrency),
        `Sweep ${name} now runs up to ${concurrency} units at once.`,
      );
    });
}
