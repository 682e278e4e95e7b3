import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { LivePage } from "./live-page.js";

/** A running page server. */
export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a live page on the loopback interface; port 0 picks a free port. Requests with a foreign
 * Host header are refused, so that no website can read the page through DNS rebinding. Throws
 * `PORT_IN_USE`.
 */
export async function servePage(page: LivePage, port: number): Promise<PageServer> {
  const server = createServer((request, response) => {
    void answer(page, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portInUse(port, error) : error);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  page: LivePage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, type: string, text: string) => {
    response.writeHead(status, {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    response.end(request.method === "HEAD" ? "" : text);
  };
  try {
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
      send(403, "text/plain", "This page is available only on this machine.\n");
    } else if (request.method !== "GET" && request.method !== "HEAD") {
      send(405, "text/plain", "This page is read-only.\n");
    } else if (request.url === "/") {
      send(200, "text/html", await page.render());
    } else if (request.url === "/version") {
      send(200, "application/json", JSON.stringify(await page.state()));
    } else {
      send(404, "text/plain", "Not found.\n");
    }
  } catch (error) {
    send(500, "text/plain", `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function portInUse(port: number, cause: Error): WhetstoneError {
  return new WhetstoneError(`Port ${port} is taken.`, {
    code: "PORT_IN_USE",
    hint: "omit --port to use any free port",
    cause,
  });
}
