import { setTimeout as sleep } from "node:timers/promises";
import type { SweepProgress } from "../../contracts/messages.js";
import type { ClientConnection } from "../../infra/temporal/connection.js";
import { connectClient } from "../../infra/temporal/connection.js";
import type { CommandContext } from "../context.js";
import type { SuspectSweep } from "./stall/find-stall.js";
import { findStall, serverAway } from "./stall/find-stall.js";
import type { Stall } from "./stall/stall.js";
import { findRunningSweep } from "./sweep-client.js";

/** Longest wait for a server or workers that do not respond, milliseconds. */
const PATIENCE_MS = 2_000;

/** Longest search for a stall, milliseconds; an engine that does not answer takes six seconds of it. */
const STALL_PATIENCE_MS = 12_000;

/** Asks a running sweep's workflow how it stands. */
export interface SweepObserver {
  /** Null if there is no server, no workflow or no worker to ask. Never throws. */
  ask(): Promise<SweepProgress | null>;
  /** Why the sweep does not go on by itself; null if it does, or nobody can tell. Never throws. */
  findStall(suspect: SuspectSweep): Promise<Stall | null>;
  close(): Promise<void>;
}

/** Opens an observer; it connects when it is first asked and again after a lost connection. */
export function observeSweep(context: CommandContext, sweep: string): SweepObserver {
  let connection: ClientConnection | null = null;
  const close = async (): Promise<void> => {
    const open = connection;
    connection = null;
    await open?.close();
  };
  const ask = async (): Promise<SweepProgress | null> => {
    connection ??= await connectClient(context.settings, PATIENCE_MS);
    const running = await findRunningSweep(connection.client, sweep);
    return (await running?.progress()) ?? null;
  };
  return {
    async ask() {
      try {
        return await Promise.race([ask(), sleep(PATIENCE_MS, null, { ref: false })]);
      } catch {
        await close().catch(() => undefined);
        return null;
      }
    },
    async findStall(suspect) {
      const { name, status } = suspect.sweep;
      try {
        connection ??= await connectClient(context.settings, PATIENCE_MS);
      } catch {
        return status === "running" ? serverAway(context.settings, name) : null;
      }
      try {
        const search = findStall(connection.client, context.settings, suspect);
        const patience = sleep(STALL_PATIENCE_MS, "silent" as const, { ref: false });
        const found = await Promise.race([search, patience]);
        if (found !== "silent") return found;
      } catch {
        // The next search connects anew, and finds out whether the server answers.
      }
      await close().catch(() => undefined);
      return null;
    },
    close,
  };
}
