import { Argument, type Command } from "commander";
import { keepReadyFile } from "../../infra/dev-stack/ready-file.js";
import { readyFileVariable } from "../../infra/dev-stack/worker-service.js";
import type { WorkerRole } from "../../contracts/worker-role.js";
import type { CommandContext } from "../context.js";
import { gpuClassOption } from "./gpu-class-option.js";

/** `whetstone worker ROLE...`: serves task queues in the foreground until stopped. */
export function addWorkerCommand(program: Command, context: CommandContext): void {
  program
    .command("worker")
    .description("serve task queues in the foreground, on this or any other machine")
    .addArgument(
      new Argument("<role...>", "roles to serve").choices(["orchestrator", "cpu", "gpu"]),
    )
    .addOption(gpuClassOption())
    .action(async (roles: WorkerRole[], options: { gpuClass?: string }) => {
      const { runWorker } = await import("../../workers/run-worker.js");
      await runWorker({
        roles: [...new Set(roles)],
        settings: context.settings,
        gpuClass: options.gpuClass,
        onReady: () => {
          context.terminal.note(`worker ready: ${roles.join(", ")} (pid ${process.pid})`);
          const file = process.env[readyFileVariable];
          if (file !== undefined) keepReadyFile(file);
        },
      });
    });
}
