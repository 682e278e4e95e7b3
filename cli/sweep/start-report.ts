import type { ServiceAction } from "../../infra/dev-stack/service.js";
import type { Terminal } from "../terminal/terminal.js";

/** Says on stderr what of the local stack had to be started; quiet about what ran already. */
export function reportStart(
  terminal: Terminal,
): (title: string, action: ServiceAction, seconds: number) => void {
  return (title, action, seconds) => {
    if (action === "running") return;
    const name = title.replace(/^The /, "");
    terminal.note(`${action} ${name} in ${seconds.toFixed(1)} s`);
  };
}
