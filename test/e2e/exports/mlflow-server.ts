import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** A real tracking server, and a gate in front of it that asks for a token as hosted ones do. */
export interface MlflowServer {
  /** Without a token. */
  readonly url: string;
  /** Asks for the token. */
  readonly gate: string;
  close(): Promise<void>;
}

/** Starts `mlflow server` with a SQLite file and a folder for artifacts in `folder`. */
export async function startMlflowServer(
  python: string,
  folder: string,
  port: number,
  token: string,
): Promise<MlflowServer> {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    python,
    [
      ...["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port)],
      ...["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
      ...["--artifacts-destination", join(folder, "artifacts"), "--workers", "1"],
    ],
    {
      cwd: folder,
      // Its job runners are seven more processes, which no export needs.
      env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    },
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const exited = once(child, "exit");
  for (let isUp = false; !isUp;) {
    if (child.exitCode !== null) throw new Error(`mlflow server ended: ${errors.slice(-2_000)}`);
    isUp = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!isUp) await sleep(200);
  }
  const gate = createServer((request, response) => {
    void pass(url, token, request, response);
  }).listen(0, "127.0.0.1");
  await once(gate, "listening");
  return {
    url,
    gate: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    close: async () => {
      gate.closeAllConnections();
      gate.close();
      // The server has workers: all of its group must end.
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      await exited;
    },
  };
}

async function pass(
  url: string,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  if (request.headers.authorization !== `Bearer ${token}`) {
    response.writeHead(403).end(`no access for ${request.headers.authorization ?? "nobody"}`);
    return;
  }
  const answer = await fetch(`${url}${request.url ?? ""}`, {
    method: request.method ?? "GET",
    headers: { "content-type": request.headers["content-type"] ?? "application/json" },
    ...(body.length === 0 ? {} : { body }),
  });
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}
