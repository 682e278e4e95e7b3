import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A received request. */
export interface Arrived {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** A scripted server's response. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Strings are sent as they are, anything else as JSON. */
  readonly body: unknown;
}

/** A real HTTP server that responds by a function and records its requests. */
export async function startScriptedServer(
  reply: (request: Arrived) => Reply,
): Promise<{ baseUrl: string; arrived: Arrived[]; stop: () => Promise<void> }> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const one = {
        path: request.url ?? "",
        authorization: request.headers.authorization,
        body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
      arrived.push(one);
      const { status = 200, headers = {}, body } = reply(one);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    arrived,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** A chat completion in OpenAI's shape. */
export function completion(model: string, ...texts: string[]): Reply {
  return {
    body: {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 0,
      model,
      choices: texts.map((content, index) => ({
        index,
        message: { role: "assistant", content },
        finish_reason: "stop",
      })),
      usage: { prompt_tokens: 1_000, completion_tokens: 100 },
    },
  };
}
