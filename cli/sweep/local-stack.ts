import type { ResolvedConfig } from "../../domain/config/config.js";
import type { ErrorCode } from "../../domain/errors/codes.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ServedModel } from "../../infra/dev-stack/engine-service.js";
import { readLastLines } from "../../infra/dev-stack/log-file.js";
import type { StackOptions } from "../../infra/dev-stack/start-services.js";
import { checkStack, readStackStatus, startStack } from "../../infra/dev-stack/stack.js";
import { connectClient } from "../../infra/temporal/connection.js";
import { findWantedDtype } from "./agree-on-dtype.js";
import { findSweepOnOtherModel } from "./busy-engine.js";
import type { CommandContext } from "../context.js";
import { Replacements } from "./replacements.js";
import { RestartBudget } from "./restart-budget.js";
import { reportStart } from "./start-report.js";
import { waitWhileAway } from "./wait-while-away.js";

/** A service that died while it started; the next repair starts it again. */
const DIED_WHILE_STARTING: ReadonlySet<ErrorCode> = new Set([
  "TEMPORAL_NOT_STARTED",
  "ENGINE_NOT_STARTED",
  "WORKER_NOT_STARTED",
  "TEMPORAL_UNREACHABLE",
]);

/** The local server, engine and workers, kept alive while a command follows a sweep. */
export interface LocalStack {
  /** Checks, without starting anything, that `start` can work. */
  check(): Promise<void>;
  /** Starts services that are not running; waits while the disk is full or another command starts some. */
  start(signal: AbortSignal): Promise<void>;
  /** Restarts services that have died since, waiting like `start`; returns whether there were any. */
  repair(signal: AbortSignal): Promise<boolean>;
}

/**
 * Creates the stack that a config needs. If TEMPORAL_ADDRESS names a server, workers and engines run elsewhere and this
 * starts nothing.
 */
export function createLocalStack(
  context: CommandContext,
  model: ServedModel,
  config: Pick<ResolvedConfig, "sweep" | "dtype" | "run">,
): LocalStack {
  const { settings, terminal } = context;
  const budget = new RestartBudget();
  const replacements = new Replacements();
  let isIncomplete = false;
  // Asked anew for each start: from the first one on, the sweep has its engine's type recorded.
  const describeStack = async (): Promise<StackOptions> => {
    const dtype = await findWantedDtype(context, config);
    const wanted = { ...model, ...(dtype === undefined ? {} : { dtype }) };
    return {
      model: wanted,
      gpuClass: config.run.gpuClass,
      findSweepOnOtherModel: () => findSweepOnOtherModel(context, wanted),
      ...reportStart(terminal),
    };
  };
  const start = async (signal: AbortSignal) => {
    if (settings.externalTemporal) return;
    const once = async () => startStack(settings, await describeStack());
    await waitWhileAway(once, { terminal, signal });
    replacements.note(readStackStatus(settings));
  };
  return {
    async check() {
      if (!settings.externalTemporal) {
        await checkStack(settings, await describeStack());
        return;
      }
      const connection = await connectClient(settings);
      await connection.close();
    },
    start,
    async repair(signal) {
      if (settings.externalTemporal) return false;
      const services = readStackStatus(settings);
      const dead = services.filter((service) => !service.alive);
      const replaced = replacements.note(services);
      if (replaced.length > 0) terminal.note(`${replaced.join(", ")} died; restarted`);
      if (dead.length === 0 && !isIncomplete) return false;
      const looping = dead.find(({ name }) => !budget.spend(name, performance.now()));
      if (looping !== undefined) {
        const { name, record } = looping;
        const end = readLastLines(record.logFile, 5).map((line) => `\n    ${line}`);
        throw new WhetstoneError(`${name} keeps dying. The end of its log:${end.join("")}`, {
          code: "SERVICE_KEEPS_DYING",
          hint: `read ${record.logFile}`,
        });
      }
      if (dead.length > 0) {
        terminal.note(`${dead.map((service) => service.name).join(", ")} died; restarting`);
      }
      try {
        await start(signal);
        isIncomplete = false;
      } catch (error) {
        const died = error instanceof WhetstoneError && DIED_WHILE_STARTING.has(error.code);
        if (!died || !budget.spend(error.code, performance.now())) throw error;
        terminal.note(`${error.message.split("\n")[0] ?? ""} Starting it again.`);
        isIncomplete = true;
      }
      return true;
    },
  };
}
