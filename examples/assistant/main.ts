/**
 * A tool-calling assistant with a web page, on `whetstone serve`:
 * `npm run assistant -- [--model tiny|qwen] [--turns N] [--port 8600] [--endpoint-port 8500] [--base-url URL]`. With
 * `--base-url`, it uses an endpoint that runs already, with the token in OPENAI_API_KEY.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { createAssistant } from "./assistant.js";
import { startEndpoint } from "./start-endpoint.js";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "tiny" },
    turns: { type: "string" },
    port: { type: "string", default: "8600" },
    "endpoint-port": { type: "string", default: "8500" },
    "base-url": { type: "string" },
  },
});
const given = values["base-url"];
// The tiny model was trained on single requests: it cannot read what a tool has said.
const turns = Number(values.turns ?? (given === undefined && values.model === "tiny" ? 1 : 4));
const config = join(import.meta.dirname, `${values.model}.yaml`);
if (!existsSync(config) || !(turns >= 1)) {
  process.stderr.write("usage: npm run assistant -- [--model tiny|qwen] [--turns N]\n");
  process.exit(2);
}
const endpoint =
  given === undefined ? await startEndpoint(config, Number(values["endpoint-port"])) : null;
const client = new OpenAI({
  baseURL: endpoint?.url ?? given,
  apiKey: process.env["OPENAI_API_KEY"] ?? "none",
  // A retry has the same request id and gets the same answer, also after a crash.
  maxRetries: 10,
});
const [served] = (await client.models.list()).data;
if (served === undefined) throw new Error("The endpoint serves no model.");

const server = createAssistant({ client, model: served.id, turns }).listen(
  Number(values.port),
  "127.0.0.1",
);
await once(server, "listening");
const { port } = server.address() as AddressInfo;
process.stdout.write(`The assistant is at http://127.0.0.1:${port}/. Press Ctrl-C to stop.\n`);

const interrupted = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
});
const code = await Promise.race([interrupted.then(() => 0), ...(endpoint ? [endpoint.ended] : [])]);
server.close();
server.closeAllConnections();
await endpoint?.stop();
process.exitCode = code ?? 1;
