import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { WhetstoneError } from "../../domain/errors/whetstone-error.js";

/** A TCP port of a local process, and the environment variable that changes it. */
export interface PortUse {
  readonly port: number;
  readonly variable: string;
  /** For messages, e.g. "the engine". */
  readonly user: string;
}

const host = "127.0.0.1";

/**
 * How long to wait for a port, in milliseconds: a killed process may hold it until its last thread
 * ends.
 */
const releaseMs = 3_000;

/** Whether this loopback port can be bound now. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** Throws PORT_IN_USE if a port is still in use after a short wait. */
export async function requireFreePorts(uses: readonly PortUse[]): Promise<void> {
  for (const use of uses) {
    if (await becomesFree(use.port)) continue;
    const owner = findPortOwner(use.port);
    throw new WhetstoneError(
      `Port ${use.port}, needed by ${use.user}, is in use by ${owner ?? "another process"}.`,
      {
        code: "PORT_IN_USE",
        hint:
          `set ${use.variable} to a free port and run the same command again, ` +
          `or stop that process (\`lsof -i tcp:${use.port}\` names it)`,
        details: { port: use.port },
      },
    );
  }
}

async function becomesFree(port: number): Promise<boolean> {
  const end = performance.now() + releaseMs;
  while (!(await isPortFree(port))) {
    if (performance.now() >= end) return false;
    await sleep(200);
  }
  return true;
}

/** Program and pid that listen on a port; null if `lsof` is missing or lacks permission. */
function findPortOwner(port: number): string | null {
  try {
    const lines = execFileSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5_000,
    }).split("\n");
    const field = (letter: string) => lines.find((line) => line.startsWith(letter))?.slice(1);
    const pid = field("p");
    return pid === undefined ? null : `${field("c") ?? "a process"} (pid ${pid})`;
  } catch {
    return null;
  }
}
