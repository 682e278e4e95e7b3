import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";

/** Where a server is to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** What to do if the port is taken. */
  readonly hint: string;
}

/** Starts listening; returns the server's URL, without a path. Throws `PORT_IN_USE`. */
export async function listen(server: Server, { host, port, hint }: ListenOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portInUse(port, hint, error) : error);
    });
    server.listen(port, host, resolve);
  });
  const { address, family, port: actual } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${actual}`;
}

/** Closes a server and all its connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/**
 * Whether a Host header names this machine. A website that reaches a local server through a name of its own (DNS
 * rebinding) sends another.
 */
export function namesThisMachine(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? "");
}

function portInUse(port: number, hint: string, cause: Error): WhetstoneError {
  return new WhetstoneError(`Port ${port} is taken.`, { code: "PORT_IN_USE", hint, cause });
}
