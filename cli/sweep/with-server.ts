import { setTimeout as sleep } from "node:timers/promises";
import { isGrpcServiceError, ServiceError } from "@temporalio/client";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ClientConnection } from "../../infra/temporal/connection.js";
import { connectClient } from "../../infra/temporal/connection.js";
import type { CommandContext } from "../context.js";
import type { Interrupt } from "../terminal/interrupt.js";
import type { LocalStack } from "./local-stack.js";

/** gRPC's codes of a server that is away, starts or stops: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE. */
const AWAY: ReadonlySet<number> = new Set([1, 2, 4, 13, 14]);

/** Milliseconds between two tries. */
const PAUSE_MS = 1_000;

/** Milliseconds without a connection that lasted, after which the error ends the command. */
const LIMIT_MS = 120_000;

/** A connection that lasted longer than this, milliseconds, worked. */
const LASTED_MS = 30_000;

/** What the work needs. */
export interface ServerOptions {
  readonly stack: LocalStack;
  readonly interrupt: Interrupt;
}

/**
 * Connects to the Temporal server and does the work; again, on a new connection, if a local server dies meanwhile, which
 * is restarted. The work must be one that can be repeated. Throws what the work throws, `TEMPORAL_UNREACHABLE`, and the
 * last error if no connection lasts for two minutes.
 */
export async function withServer<Result>(
  { settings }: CommandContext,
  { stack, interrupt }: ServerOptions,
  work: (connection: ClientConnection) => Promise<Result>,
): Promise<Result> {
  let failingSince = performance.now();
  for (;;) {
    const begun = performance.now();
    let connection: ClientConnection | null = null;
    try {
      connection = await interrupt.race(connectClient(settings));
      return await interrupt.race(work(connection));
    } catch (error) {
      if (settings.externalTemporal || !isAway(error, connection !== null)) throw error;
      if (performance.now() - begun > LASTED_MS) failingSince = performance.now();
      if (performance.now() - failingSince > LIMIT_MS) throw error;
    } finally {
      await connection?.close();
    }
    await interrupt.race(stack.repair(interrupt.signal));
    await interrupt.race(sleep(PAUSE_MS));
  }
}

/** Once connected, only the call itself says that the server is gone. */
function isAway(error: unknown, isConnected: boolean): boolean {
  if (!isConnected) {
    return error instanceof WhetstoneError && error.code === "TEMPORAL_UNREACHABLE";
  }
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && AWAY.has(cause.code);
}
