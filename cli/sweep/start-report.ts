import type { ServiceAction } from "../../infra/dev-stack/service.js";
import type { Terminal } from "../terminal/terminal.js";

/** Prints to stderr which services of the local stack were started; omits those already running. */
export function reportStart(
  terminal: Terminal,
): (title: string, action: ServiceAction, seconds: number) => void {
  return (title, action, seconds) => {
    if (action === "running") return;
    const name = title.replace(/^The /, "");
    terminal.note(`${action} ${name} in ${seconds.toFixed(1)} s`);
  };
}
