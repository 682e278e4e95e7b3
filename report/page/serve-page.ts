import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { closeServer, listen, namesThisMachine } from "../../infra/http/listen.js";
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
  const hint = "omit --port to use any free port";
  const url = await listen(server, { host: "127.0.0.1", port, hint });
  return {
    url: `${url}/`,
    close: () => closeServer(server),
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
    if (!namesThisMachine(request.headers.host)) {
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
