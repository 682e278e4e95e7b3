import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { serveCodec } from "../../infra/temporal/codec-server.js";
import { createPayloadCodec } from "../../infra/temporal/payload-codec.js";
import { readPayloadKeys } from "../../infra/temporal/payload-keys.js";
import type { CommandContext } from "../context.js";
import { InterruptedError, onInterrupt } from "../terminal/interrupt.js";

interface CodecOptions {
  readonly port: number;
  readonly origin: readonly string[];
}

/** `whetstone codec`: decrypts payloads for the Temporal UI and command line. */
export function addCodecCommand(program: Command, context: CommandContext): void {
  program
    .command("codec")
    .description(
      "decrypt what WHETSTONE_PAYLOAD_KEYS encrypted, for the Temporal UI in your browser",
    )
    .option("--port <number>", "port to serve on", parsePort, 8234)
    .option(
      "--origin <url>",
      "origin of the Temporal UI; repeatable; default: the local one",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .action(async ({ port, origin }: CodecOptions) => {
      await serve(context, port, origin);
    });
}

async function serve(
  { settings, terminal }: CommandContext,
  port: number,
  origins: readonly string[],
): Promise<void> {
  const keys = readPayloadKeys();
  if (keys.length === 0) {
    throw new WhetstoneError("No key is set, so there is nothing to decrypt.", {
      code: "PAYLOAD_KEYS_INVALID",
      hint: "set WHETSTONE_PAYLOAD_KEYS as it is where the sweep was started",
    });
  }
  const local = [settings.temporalUiUrl, `http://localhost:${settings.ports.ui}`];
  const interrupt = onInterrupt();
  const server = await serveCodec(createPayloadCodec(keys), {
    port,
    origins: origins.length === 0 ? local : origins,
  });
  try {
    terminal.result(server.url);
    terminal.note(
      "Enter this address in the Temporal UI (glasses icon: Configure Remote Codec Endpoint). Press Ctrl-C to stop.",
    );
    await interrupt.race(new Promise<never>(() => undefined));
  } catch (error) {
    // An interrupt is the normal way to end this command.
    if (!(error instanceof InterruptedError)) throw error;
  } finally {
    interrupt.dispose();
    await server.close();
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError("a port is a number from 0 to 65535");
}
