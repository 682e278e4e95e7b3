import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Payload, PayloadCodec } from "@temporalio/common";
import { z } from "zod";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { closeServer, listen, namesThisMachine } from "../http/listen.js";

/** The Temporal UI and command line send what they show, page by page. */
const LARGEST_BODY = 16 * 1024 * 1024;

const bodySchema = z.object({
  payloads: z.array(
    z.object({
      metadata: z.record(z.string(), z.string()).optional(),
      data: z.string().optional(),
    }),
  ),
});

type JsonPayload = z.infer<typeof bodySchema>["payloads"][number];

/** A running codec server. */
export interface CodecServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves Temporal's remote codec protocol (`POST /encode`, `POST /decode`) on the loopback interface, for the Temporal UI
 * at `origins` and for `temporal --codec-endpoint`. Websites of other origins are refused, and so is a foreign Host
 * header. Throws `PORT_IN_USE`.
 */
export async function serveCodec(
  codec: PayloadCodec,
  { port, origins }: { readonly port: number; readonly origins: readonly string[] },
): Promise<CodecServer> {
  const server = createServer((request, response) => {
    void answer(codec, origins, request, response);
  });
  const hint = "name another with --port";
  const url = await listen(server, { host: "127.0.0.1", port, hint });
  return {
    url,
    close: () => closeServer(server),
  };
}

async function answer(
  codec: PayloadCodec,
  origins: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, body: object) => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  };
  const { host, origin } = request.headers;
  if (!namesThisMachine(host)) {
    send(403, { message: "This server answers only on this machine." });
    return;
  }
  if (origin !== undefined) {
    if (!origins.includes(origin)) {
      send(403, { message: `The origin ${origin} may not ask; name it with --origin.` });
      return;
    }
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-allow-methods", "POST, OPTIONS");
    response.setHeader(
      "access-control-allow-headers",
      request.headers["access-control-request-headers"] ?? "content-type",
    );
  }
  if (request.method === "OPTIONS") {
    response.writeHead(204).end();
    return;
  }
  const path = (request.url ?? "").split("?")[0];
  if (request.method !== "POST" || (path !== "/encode" && path !== "/decode")) {
    send(404, { message: "Use POST /encode or POST /decode." });
    return;
  }
  try {
    const { payloads } = bodySchema.parse(JSON.parse(await readBody(request)));
    const bytes = payloads.map(fromJson);
    const found = await (path === "/encode" ? codec.encode(bytes) : codec.decode(bytes));
    send(200, { payloads: found.map(toJson) });
  } catch (error) {
    const message = error instanceof WhetstoneError ? error.message : "The body has no payloads.";
    send(400, { message });
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) throw new Error("too large");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function fromJson({ metadata = {}, data = "" }: JsonPayload): Payload {
  const entries = Object.entries(metadata).map(
    ([name, text]) => [name, Buffer.from(text, "base64")] as const,
  );
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data, "base64") };
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(
    ([name, bytes]) => [name, Buffer.from(bytes).toString("base64")] as const,
  );
  return {
    metadata: Object.fromEntries(entries),
    data: Buffer.from(data ?? []).toString("base64"),
  };
}
