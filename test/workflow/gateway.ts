import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** How the gateway handles a request. */
export type GatewayMode =
  "pass" | "refuse" | "reject" | "drop" | "hang" | "busy" | "unavailable" | "exhausted";

/** A reverse proxy in front of the real engine that simulates network failures. */
export interface Gateway {
  readonly url: string;
  /**
   * "pass": forward; "refuse": 401, as for a wrong token; "reject": 400, as for a bad request; "drop": close the
   * connection; "hang": never answer; "busy": 429 with Retry-After; "unavailable": 503 without a wait; "exhausted": out
   * of memory.
   */
  mode: GatewayMode;
  /** Other modes of single paths. */
  modes: Readonly<Record<string, GatewayMode>>;
  /** Path of every request, in order; a test may clear it. */
  seen: string[];
  /** Called with method and path of every request, before it is forwarded. */
  onRequest: (method: string, path: string) => Promise<void>;
  /** Called with path and full body of every forwarded request. */
  onBody: (path: string, body: string) => void;
  close(): Promise<void>;
}

/**
 * The wait that a busy gateway requests, in seconds: longer than the first waits of a step's own
 * backoff, shorter than later ones.
 */
export const BUSY_SECONDS = 3;

const REFUSALS: Readonly<
  Record<Exclude<GatewayMode, "pass" | "drop" | "hang">, [number, string, Record<string, string>?]>
> = {
  refuse: [401, "unauthorized"],
  reject: [400, "invalid_request"],
  busy: [429, "engine_overloaded", { "retry-after": String(BUSY_SECONDS) }],
  unavailable: [503, "x"],
  exhausted: [503, "out_of_memory"],
};

/** Starts a gateway in front of the engine. */
export async function openGateway(engineUrl: string): Promise<Gateway> {
  const server: Server = createServer((incoming, outgoing) => {
    gateway.seen.push(incoming.url ?? "");
    const mode = gateway.modes[incoming.url ?? ""] ?? gateway.mode;
    if (mode === "drop") {
      incoming.socket.destroy();
    } else if (mode === "hang") {
      incoming.resume();
    } else if (mode !== "pass" && incoming.url !== "/ready") {
      answerError(outgoing, ...REFUSALS[mode]);
    } else {
      void gateway.onRequest(incoming.method ?? "", incoming.url ?? "").then(() => {
        forward(engineUrl, incoming, outgoing);
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          gateway.onBody(incoming.url ?? "", Buffer.concat(chunks).toString("utf8"));
        });
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const gateway: Gateway = {
    url: `http://127.0.0.1:${port}`,
    mode: "pass",
    modes: {},
    seen: [],
    onRequest: () => Promise.resolve(),
    onBody: () => undefined,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => {
          done();
        });
      }),
  };
  return gateway;
}

function answerError(
  outgoing: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  outgoing.writeHead(status, { "content-type": "application/json", ...headers });
  outgoing.end(JSON.stringify({ error: { message: "no", type: "x", code } }));
}

function forward(engineUrl: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const target = new URL(incoming.url ?? "/", engineUrl);
  const { method, headers } = incoming;
  const upstream = request(target, { method: method ?? "GET", headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}
