import { readStackStatus } from "../../infra/dev-stack/stack.js";
import type { CommandContext } from "../context.js";

/** After an abnormal end: who goes on with the sweep, and the command that resumes it. */
export function printWayBack(context: CommandContext, sweep: string): void {
  const { terminal } = context;
  terminal.note(describeBackground(context, sweep));
  terminal.note(`Resume with: npx whetstone resume ${sweep}`);
}

/** After `run --detach`: how to follow the sweep. */
export function printFollowing(context: CommandContext, sweep: string, attached: boolean): void {
  const { terminal } = context;
  terminal.note(`Sweep ${sweep} ${attached ? "was running already" : "runs"} in the background.`);
  terminal.note(`  progress  npx whetstone status ${sweep} --watch`);
  terminal.note(`  follow    npx whetstone resume ${sweep}`);
  terminal.note(`  stop      npx whetstone cancel ${sweep}`);
}

function describeBackground(context: CommandContext, sweep: string): string {
  if (context.settings.externalTemporal) {
    return `Workers elsewhere go on with what has been started of sweep ${sweep}.`;
  }
  const alive = readStackStatus(context.settings).filter((service) => service.alive);
  const workers = alive.filter((service) => service.name.startsWith("worker-"));
  if (workers.length === 0 || !alive.some((service) => service.name === "temporal")) {
    return `Nothing of sweep ${sweep} runs any more; what is done is in the store.`;
  }
  const list = workers.map(({ name, record }) => `${name} (pid ${record.pid})`).join(", ");
  return (
    `What has been started of sweep ${sweep} goes on in the background: ${list}. ` +
    "Stop them with `npx whetstone dev down`."
  );
}
