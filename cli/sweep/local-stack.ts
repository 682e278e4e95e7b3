import type { RunSettings } from "../../domain/config/config.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ServedModel } from "../../infra/dev-stack/engine-service.js";
import { readLastLines } from "../../infra/dev-stack/log-file.js";
import type { StackOptions } from "../../infra/dev-stack/stack.js";
import { checkStack, readStackStatus, startStack } from "../../infra/dev-stack/stack.js";
import { connectClient } from "../../infra/temporal/connection.js";
import { findSweepOnOtherModel } from "./busy-engine.js";
import type { CommandContext } from "../context.js";
import { reportStart } from "./start-report.js";

/** Maximum restarts of dead services during one command. */
const maximumRestarts = 5;

/** The local server, engine and workers, kept alive while a command follows a sweep. */
export interface LocalStack {
  /** Checks, without starting anything, that `start` can work. */
  check(): Promise<void>;
  /** Starts services that are not running. */
  start(): Promise<void>;
  /** Restarts services that have died since; returns whether there were any. */
  repair(): Promise<boolean>;
}

/**
 * Creates the stack that a config needs. If TEMPORAL_ADDRESS names a server, workers and engines run elsewhere and this
 * starts nothing.
 */
export function createLocalStack(
  context: CommandContext,
  model: ServedModel,
  run: RunSettings,
): LocalStack {
  const { settings, terminal } = context;
  let restarts = 0;
  const options: StackOptions = {
    model,
    gpuClass: run.gpuClass,
    findSweepOnOtherModel: () => findSweepOnOtherModel(context, model.fingerprint),
    onReady: reportStart(terminal),
  };
  const start = async () => {
    if (!settings.externalTemporal) await startStack(settings, options);
  };
  return {
    async check() {
      if (!settings.externalTemporal) {
        await checkStack(settings, options);
        return;
      }
      const connection = await connectClient(settings);
      await connection.close();
    },
    start,
    async repair() {
      if (settings.externalTemporal) return false;
      const dead = readStackStatus(settings).filter((service) => !service.alive);
      const first = dead[0];
      if (first === undefined) return false;
      restarts += 1;
      if (restarts > maximumRestarts) {
        const end = readLastLines(first.record.logFile, 5).map((line) => `\n    ${line}`);
        throw new WhetstoneError(`${first.name} keeps dying. The end of its log:${end.join("")}`, {
          code: "SERVICE_KEEPS_DYING",
          hint: `read ${first.record.logFile}`,
        });
      }
      terminal.note(`${dead.map((service) => service.name).join(", ")} died; restarting`);
      await start();
      return true;
    },
  };
}
