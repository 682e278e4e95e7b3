import { Client, Connection } from "@temporalio/client";
import type { ClientConnectConfig } from "@temporalio/envconfig";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { NativeConnection } from "@temporalio/worker";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Settings } from "../settings.js";

/** The Temporal server and namespace to use. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  /** Temporal's own connection options: address, TLS, API key. */
  readonly connectionOptions: ClientConnectConfig["connectionOptions"];
}

/**
 * Reads Temporal's own environment configuration (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
 * TEMPORAL_TLS..., TEMPORAL_API_KEY, TEMPORAL_PROFILE and its profile file). Default: the local
 * server of `npx whetstone dev up`, namespace `default`.
 */
export function resolveTemporalTarget(settings: Settings): TemporalTarget {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = settings.externalTemporal
    ? (connectionOptions.address ?? "127.0.0.1:7233")
    : `127.0.0.1:${settings.ports.temporal}`;
  return {
    address,
    namespace: namespace ?? "default",
    connectionOptions: { ...connectionOptions, address },
  };
}

/** A client and a function that closes it. */
export interface ClientConnection {
  readonly client: Client;
  readonly target: TemporalTarget;
  close(): Promise<void>;
}

/**
 * Connects a client. Throws `TEMPORAL_UNREACHABLE` if no server responds within `timeoutMs`
 * (default 5 s).
 */
export async function connectClient(
  settings: Settings,
  timeoutMs = 5_000,
): Promise<ClientConnection> {
  const target = resolveTemporalTarget(settings);
  try {
    const connection = await Connection.connect({
      ...target.connectionOptions,
      connectTimeout: timeoutMs,
    });
    const client = new Client({ connection, namespace: target.namespace });
    return { client, target, close: () => connection.close() };
  } catch (error) {
    throw unreachable(target, settings, error);
  }
}

/** Connects a worker process. Throws `TEMPORAL_UNREACHABLE` if no server responds. */
export async function connectWorker(
  settings: Settings,
): Promise<{ connection: NativeConnection; target: TemporalTarget }> {
  const target = resolveTemporalTarget(settings);
  // Imported lazily, because loading it slows down commands that run no worker.
  const { NativeConnection } = await import("@temporalio/worker");
  try {
    return { connection: await NativeConnection.connect(target.connectionOptions), target };
  } catch (error) {
    throw unreachable(target, settings, error);
  }
}

function unreachable(target: TemporalTarget, settings: Settings, cause: unknown): WhetstoneError {
  return new WhetstoneError(`No Temporal server responds at ${target.address}.`, {
    code: "TEMPORAL_UNREACHABLE",
    hint: settings.externalTemporal
      ? "Check TEMPORAL_ADDRESS (and TEMPORAL_TLS, TEMPORAL_API_KEY); unset it to use a local server."
      : "Start the local server, workers and engine with `npx whetstone dev up`.",
    cause,
  });
}
