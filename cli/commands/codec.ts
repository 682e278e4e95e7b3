import type { Command } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { serveCodec } from "../../infra/temporal/codec-server.js";
import { createPayloadCodec } from "../../infra/temporal/payload-codec.js";
import { readPayloadKeys } from "../../infra/temporal/payload-keys.js";
import type { CommandContext } from "../context.js";
import { untilInterrupted } from "../terminal/interrupt.js";
import { portOption } from "./port-option.js";

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
    .addOption(portOption("port to serve on", 8234))
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
  await untilInterrupted(async (interrupt) => {
    const server = await serveCodec(createPayloadCodec(keys), {
      port,
      origins: origins.length === 0 ? local : origins,
    });
    try {
      terminal.result(server.url);
      terminal.note(
        "Enter this address in the Temporal UI (glasses icon: Configure Remote Codec Endpoint). Press Ctrl-C to stop.",
      );
      await interrupt.arrival;
    } finally {
      await server.close();
    }
  });
}
