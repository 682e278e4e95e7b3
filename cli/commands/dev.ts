import type { Command } from "commander";
import { fingerprintModel } from "../../infra/model-files/fingerprint.js";
import { provideModel } from "../../infra/model-files/provide.js";
import { listLogs, logFile, readLastLines } from "../../infra/dev-stack/log-file.js";
import { readStackStatus, startStack, stopStack } from "../../infra/dev-stack/stack.js";
import { findNearestName } from "../../domain/errors/nearest-name.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { CommandContext } from "../context.js";
import { gpuClassOption } from "./gpu-class-option.js";
import { formatColumns } from "../terminal/format.js";
import { addSuperviseCommand } from "./dev-supervise.js";
import { findSweepOnOtherModel } from "../sweep/busy-engine.js";
import { reportStart } from "../sweep/start-report.js";

interface UpOptions {
  readonly model: string;
  readonly gpuClass?: string;
  readonly separate?: boolean;
}

/** `whetstone dev up|down|status|logs`: controls the local stack. */
export function addDevCommand(program: Command, context: CommandContext): void {
  const { settings, terminal } = context;
  const dev = program
    .command("dev")
    .description("control the local Temporal server, engine and workers");

  dev
    .command("up")
    .description("start the ones that are not running, in the background")
    .option("--model <name>", "model by name, hf:ORG/NAME, .gguf file or directory", "tiny")
    .addOption(gpuClassOption())
    .option("--separate", "one worker process per role")
    .option("--no-separate", "one process for orchestrator and cpu, one for gpu (the default)")
    .action(async (options: UpOptions) => {
      const directory = await provideModel(options.model, terminal);
      const fingerprint = await fingerprintModel(directory);
      await startStack(settings, {
        model: { directory, fingerprint },
        gpuClass: options.gpuClass,
        separate: options.separate,
        findSweepOnOtherModel: () => findSweepOnOtherModel(context, { fingerprint }),
        ...reportStart(terminal),
      });
      terminal.note(`Temporal UI: ${settings.temporalUiUrl}`);
    });

  addSuperviseCommand(dev, context);

  dev
    .command("down")
    .description("stop them all; sweeps can be resumed")
    .action(async () => {
      const names = await stopStack(settings);
      terminal.note(names.length === 0 ? "Nothing was running." : `Stopped ${names.join(", ")}.`);
    });

  dev
    .command("status")
    .description("list running processes with pids and logs")
    .option("--json", "JSON lines")
    .action((options: { json?: true }) => {
      const services = readStackStatus(settings);
      if (options.json === true) {
        for (const { name, alive, record } of services) {
          const { pid, startedAt, logFile: log } = record;
          terminal.json({ name, alive, pid, startedAt, log });
        }
        return;
      }
      if (services.length === 0) {
        terminal.note("Nothing has been started. Start it with `npx whetstone dev up`.");
        return;
      }
      const rows = services.map(({ name, alive, record }) => [
        name,
        alive ? "running" : "dead",
        String(record.pid),
        record.startedAt,
        record.logFile,
      ]);
      const heads = ["name", "state", "pid", "started", "log"];
      for (const line of formatColumns(heads, rows, [2])) terminal.result(line);
    });

  dev
    .command("logs")
    .argument("<name>", "name of a process, e.g. engine")
    .option("-n, --lines <count>", "number of lines", "40")
    .description("print the end of a log, also after `dev down`")
    .action((name: string, options: { lines: string }) => {
      const names = listLogs(settings.home);
      if (!names.includes(name)) throw unknownService(name, names);
      const count = Math.max(1, Math.trunc(Number(options.lines)) || 40);
      for (const line of readLastLines(logFile(settings.home, name), count)) terminal.result(line);
    });
}

function unknownService(name: string, names: readonly string[]): WhetstoneError {
  const [first] = names;
  if (first === undefined) {
    return new WhetstoneError(`There is no log for "${name}": nothing has been started yet.`, {
      code: "SERVICE_UNKNOWN",
      hint: "npx whetstone dev up",
    });
  }
  return new WhetstoneError(`There is no log for "${name}". Available logs: ${names.join(", ")}.`, {
    code: "SERVICE_UNKNOWN",
    hint: `npx whetstone dev logs ${findNearestName(name, names) ?? first}`,
  });
}
