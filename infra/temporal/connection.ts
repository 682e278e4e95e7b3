import {
  Client,
  Connection,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
} from "@temporalio/client";
import type { ClientConnectConfig } from "@temporalio/envconfig";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { NativeConnection } from "@temporalio/worker";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Settings } from "../settings.js";
import { createDataConverter } from "./data-converter.js";
import { findTlsError } from "./find-tls-error.js";
import { createRetries } from "./retries.js";

/** gRPC's code of what does not exist. */
const NOT_FOUND = 5;

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
 * (default 5 s), `TEMPORAL_CERTIFICATE_INVALID`, `TEMPORAL_NAMESPACE_MISSING` if it lacks the namespace, `PAYLOAD_KEYS_INVALID`.
 */
export async function connectClient(
  settings: Settings,
  timeoutMs = 5_000,
): Promise<ClientConnection> {
  const target = resolveTemporalTarget(settings);
  const dataConverter = createDataConverter();
  const retries = createRetries();
  let connection: Connection;
  try {
    connection = await Connection.connect({
      ...target.connectionOptions,
      connectTimeout: timeoutMs,
      interceptors: [makeGrpcRetryInterceptor(retries.options)],
    });
  } catch (error) {
    const { tls } = target.connectionOptions;
    throw unreachable(target, settings, (await findTlsError(target.address, tls)) ?? error);
  }
  try {
    await connection.workflowService.describeNamespace({ namespace: target.namespace });
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === NOT_FOUND) {
      await connection.close();
      throw namespaceMissing(target, error);
    }
    // Not everybody who may use a namespace may describe it; anything else fails again in the first real call.
  }
  const client = new Client({ connection, namespace: target.namespace, dataConverter });
  return {
    client,
    target,
    async close() {
      await retries.stop();
      await connection.close();
    },
  };
}

/** Connects a worker process. Throws `TEMPORAL_UNREACHABLE` if no server responds, `TEMPORAL_CERTIFICATE_INVALID`. */
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

/** What the error of a worker that could not start says about its server; `error` itself if nothing. */
export function describeStartFailure(
  target: TemporalTarget,
  settings: Settings,
  error: unknown,
): unknown {
  const text = error instanceof Error ? error.message : "";
  if (!/^Namespace .* could not be described/s.test(text)) return error;
  if (text.includes("NotFound")) return namespaceMissing(target, error);
  return text.includes("Unavailable") ? unreachable(target, settings, error) : error;
}

function namespaceMissing({ address, namespace }: TemporalTarget, cause: unknown): WhetstoneError {
  return new WhetstoneError(`The Temporal server at ${address} has no namespace "${namespace}".`, {
    code: "TEMPORAL_NAMESPACE_MISSING",
    hint: `set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace ${namespace} --address ${address}`,
    cause,
  });
}

/** What the libraries under both clients say of a certificate that one side refuses. */
const CERTIFICATE = /[^:.({\n]*(certificate|UnknownIssuer|SSL alert|fatal alert)[^.)}\n]*/i;

/** `TEMPORAL_CERTIFICATE_INVALID` if TLS failed, else `TEMPORAL_UNREACHABLE`. */
function unreachable(target: TemporalTarget, settings: Settings, cause: unknown): WhetstoneError {
  const refused = CERTIFICATE.exec(describeCauses(cause))?.[0].trim();
  if (refused !== undefined) {
    return new WhetstoneError(
      `The Temporal server at ${target.address} and this process do not accept each other's TLS certificates: ${refused}.`,
      {
        code: "TEMPORAL_CERTIFICATE_INVALID",
        hint:
          "replace what has expired or is wrong (`openssl x509 -noout -subject -enddate -in FILE`; TEMPORAL_TLS_SERVER_CA_CERT_PATH, " +
          "TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH), start workers again, then run the same command again: nothing is lost",
        cause,
      },
    );
  }
  return new WhetstoneError(`No Temporal server responds at ${target.address}.`, {
    code: "TEMPORAL_UNREACHABLE",
    hint: settings.externalTemporal
      ? "Check TEMPORAL_ADDRESS (and TEMPORAL_TLS, TEMPORAL_API_KEY); unset it to use a local server."
      : "Start the local server, workers and engine with `npx whetstone dev up`.",
    cause,
  });
}

function describeCauses(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) lines.push(cause.message);
  return lines.join("\n");
}
