import type { ConnectionOptions } from "node:tls";
import { connect } from "node:tls";
import type { ClientConnectConfig } from "@temporalio/envconfig";

/** Temporal's own setting. */
type Tls = ClientConnectConfig["connectionOptions"]["tls"];

/** Milliseconds until the handshake must be over. */
const PATIENCE_MS = 3_000;

/** A server says that it refuses this side's certificate only after the handshake. */
const AFTERWARDS_MS = 300;

/**
 * The error that a TLS connection to this address (`host:port`) ends with; null if none does within three seconds, or
 * without TLS. Temporal's client only says that it got no connection.
 */
export async function findTlsError(address: string, tls: Tls): Promise<Error | null> {
  if (tls === undefined || tls === null || tls === false) return null;
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const own: Exclude<NonNullable<Tls>, boolean> = tls === true ? {} : tls;
  const options: ConnectionOptions = {
    ...{ host, port: Number(address.slice(colon + 1)), ALPNProtocols: ["h2"] },
    ...(own.serverNameOverride && { servername: own.serverNameOverride }),
    ...(own.serverRootCACertificate && { ca: Buffer.from(own.serverRootCACertificate) }),
    ...(own.clientCertPair && {
      cert: Buffer.from(own.clientCertPair.crt),
      key: Buffer.from(own.clientCertPair.key),
    }),
  };
  return new Promise((resolve) => {
    const socket = connect(options);
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(error);
    };
    let timer = setTimeout(end, PATIENCE_MS, null);
    socket.on("error", end);
    socket.on("secureConnect", () => {
      clearTimeout(timer);
      timer = setTimeout(end, AFTERWARDS_MS, null);
    });
  });
}
