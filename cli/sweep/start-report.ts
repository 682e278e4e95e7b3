import type { StackOptions } from "../../infra/dev-stack/start-services.js";
import type { Terminal } from "../terminal/terminal.js";

/** Prints to stderr which services of the local stack were started, or started again; omits those already running. */
export function reportStart(
  terminal: Terminal,
): Required<Pick<StackOptions, "onReady" | "onEnded">> {
  return {
    onReady(title, action, seconds) {
      if (action === "running") return;
      const name = title.replace(/^The /, "");
      terminal.note(`${action} ${name} in ${seconds.toFixed(1)} s`);
    },
    onEnded(title) {
      terminal.note(`${title} was ended during the start; starting it again`);
    },
  };
}
