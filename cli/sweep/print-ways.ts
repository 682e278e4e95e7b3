import { readStackStatus } from "../../infra/dev-stack/stack.js";
import type { CommandContext } from "../context.js";

/** After an abnormal end: prints which workers continue the sweep, and the command that resumes it. */
export function printWayBack(context: CommandContext, sweep: string): void {
  const { terminal } = context;
  terminal.note(describeBackground(context, sweep));
  terminal.note(`Resume with: npx whetstone resume ${sweep}`);
}

/** After `run --detach`: prints how to follow the sweep. */
export function printFollowing(context: CommandContext, sweep: string, attached: boolean): void {
  const { terminal } = context;
  terminal.note(
    `Sweep ${sweep} ${attached ? "was already running" : "is running"} in the background.`,
  );
  terminal.note(`  progress  npx whetstone status ${sweep} --watch`);
  terminal.note(`  follow    npx whetstone resume ${sweep}`);
  terminal.note(`  stop      npx whetstone cancel ${sweep}`);
}

function describeBackground(context: CommandContext, sweep: string): string {
  if (context.settings.externalTemporal) {
    return `Remote workers continue the units of sweep ${sweep} that have started.`;
  }
  const alive = readStackStatus(context.settings).filter((service) => service.alive);
  const workers = alive.filter((service) => service.name.startsWith("worker-"));
  if (workers.length === 0 || !alive.some((service) => service.name === "temporal")) {
    return `Sweep ${sweep} no longer runs; finished results are in the store.`;
  }
  const list = workers.map(({ name, record }) => `${name} (pid ${record.pid})`).join(", ");
  return (
    `Started units of sweep ${sweep} continue in the background: ${list}. ` +
    "Stop them with `npx whetstone dev down`."
  );
}
