import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";

/** A running `whetstone serve`. */
export interface RunningEndpoint {
  /** Base URL of OpenAI's API. */
  readonly url: string;
  /** Resolves with the exit code when the endpoint has ended; null: a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to end and waits. */
  stop(): Promise<void>;
}

/** Starts `whetstone serve` for this machine and waits until it answers. Throws if it ends before that. */
export async function startEndpoint(config: string, port: number): Promise<RunningEndpoint> {
  const environment = { ...process.env };
  // The assistant is the only client.
  delete environment["WHETSTONE_SERVE_TOKENS"];
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, "..", "..", "bin", "whetstone.mjs"),
      ...["serve", config, "--port", String(port)],
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: environment },
  );
  const ended = once(child, "exit").then(([code]) => code as number | null);
  // Once it serves, its first line of output is its URL.
  const line = once(createInterface(child.stdout), "line").then(([text]) => String(text));
  const url = await Promise.race([line, ended.then(() => null)]);
  if (url === null) throw new Error("The endpoint did not start.");
  return {
    url,
    ended,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
