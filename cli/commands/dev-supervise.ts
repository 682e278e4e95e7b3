import process from "node:process";
import type { Command } from "commander";
import { isEngineDtype } from "../../domain/config/engine-dtype.js";
import { superviseStack } from "../../infra/dev-stack/supervise.js";
import type { CommandContext } from "../context.js";
import { gpuClassOption } from "./gpu-class-option.js";

interface SuperviseCommandOptions {
  readonly model: string;
  readonly fingerprint: string;
  readonly dtype?: string;
  readonly gpuClass?: string;
  readonly separate?: true;
}

/** `whetstone dev supervise`, hidden: the process that the local stack starts to restart what dies. */
export function addSuperviseCommand(dev: Command, { settings, terminal }: CommandContext): void {
  dev
    .command("supervise", { hidden: true })
    .requiredOption("--model <directory>")
    .requiredOption("--fingerprint <hash>")
    .option("--dtype <type>")
    .addOption(gpuClassOption())
    .option("--separate")
    .action(async ({ model, fingerprint, dtype, gpuClass, separate }: SuperviseCommandOptions) => {
      // At once, also while a service starts: the lock of a dead process is taken over.
      process.once("SIGTERM", () => process.exit(0));
      const stack = {
        model: {
          directory: model,
          fingerprint,
          ...(isEngineDtype(dtype) ? { dtype } : {}),
        },
        gpuClass,
        separate: separate ?? false,
      };
      await superviseStack(settings, stack, (line) => {
        terminal.note(`${new Date().toISOString()} ${line}`);
      });
    });
}
