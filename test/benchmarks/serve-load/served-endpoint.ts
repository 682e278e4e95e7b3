import { setTimeout as sleep } from "node:timers/promises";
import type { RunningCli, Workspace } from "../../e2e/workspace.js";
import { findFreePorts } from "../../e2e/workspace.js";
import type { Tenant } from "./clients.js";
import { SERVED, SERVED_CONFIG } from "./questions.js";

const START_LIMIT_MS = 300_000;

/** `whetstone serve` on one port, started again after it was killed. */
export class ServedEndpoint {
  #running: RunningCli | null = null;
  #variant = "";

  private constructor(
    private readonly workspace: Workspace,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly port: number,
  ) {}

  /** Writes the config; starts nothing. */
  static async prepare(workspace: Workspace, tenants: readonly Tenant[]): Promise<ServedEndpoint> {
    const [port = 0] = await findFreePorts(1);
    workspace.write(`${SERVED}.yaml`, SERVED_CONFIG);
    const tokens = tenants.map(({ name, token }) => `${name}:${token}`).join(" ");
    return new ServedEndpoint(workspace, { WHETSTONE_SERVE_TOKENS: tokens }, port);
  }

  /** Base URL for clients. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** What the endpoint has written since it was started last. */
  get log(): string {
    return this.#running?.stderr() ?? "";
  }

  /** Serves with this variant, by default the last one, and waits until it does. */
  async start(variant = this.#variant): Promise<void> {
    this.#variant = variant;
    const running = this.workspace.start(
      ["serve", `${SERVED}.yaml`, "--variant", variant, "--port", String(this.port)],
      this.environment,
    );
    this.#running = running;
    const deadline = Date.now() + START_LIMIT_MS;
    while (!running.stderr().includes(`Serving ${SERVED} `)) {
      if (running.process.exitCode !== null || Date.now() > deadline) {
        throw new Error(`The endpoint does not start:\n${running.stderr()}`);
      }
      await sleep(50);
    }
  }

  /** Ends the process with this signal and waits until it is gone. Its requests go on. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#running?.process.kill(signal);
    await this.#running?.ended;
    this.#running = null;
  }
}
