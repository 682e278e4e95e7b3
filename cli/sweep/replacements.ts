import type { ServiceStatus } from "../../infra/dev-stack/stack.js";

/** Notices services that another process, the supervisor, has restarted. */
export class Replacements {
  readonly #pids = new Map<string, number>();

  /** Takes note of the services as they are; returns the names of those that run as another process than before. */
  note(services: readonly ServiceStatus[]): string[] {
    const replaced = services.filter(({ name, record }) => {
      const before = this.#pids.get(name);
      return before !== undefined && before !== record.pid;
    });
    for (const { name, record } of services) this.#pids.set(name, record.pid);
    return replaced.map(({ name }) => name);
  }
}
