/**
 * An engine without a model, for benchmarks of everything else: it answers each request of the engine's protocol at
 * once. `tsx instant-engine.ts PORT FINGERPRINT`. Its answers follow from the request alone: the right tool for three
 * requests of five before an adaptation and for four after it; margins below 0.95 for one of five.
 */
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { hashText } from "../../../domain/identity/random.js";
import type {
  AdapterRequest,
  AdapterResponse,
  ChatRequest,
  ChatResponse,
  ModelList,
  ScoreRequest,
  ScoreResponse,
} from "../../../engine-client/protocol.js";
import {
  DEVICE_HEADER,
  DTYPE_HEADER,
  FINGERPRINT_HEADER,
  VERSION_HEADER,
} from "../../../engine-client/http.js";

const [port = "0", fingerprint = ""] = process.argv.slice(2);
const HEADERS = {
  "content-type": "application/json",
  [FINGERPRINT_HEADER]: fingerprint,
  [VERSION_HEADER]: "instant",
  [DTYPE_HEADER]: "float32",
  [DEVICE_HEADER]: "cpu",
};
const TIMES = { queueMs: 0, computeMs: 0 };
const BASE = "instant";

/** A number in [0, 1) that depends on the text alone. */
function draw(text: string): number {
  return hashText(text) / 2 ** 32;
}

function lastMessage({ messages }: Pick<ChatRequest, "messages">): string {
  return messages.at(-1)?.content ?? "";
}

function listModels(): ModelList {
  const base = { id: BASE, object: "model", kind: "base", fingerprint } as const;
  return { object: "list", data: [{ ...base, context_length: 32_768, dtype: "float32" }] };
}

function score(request: ScoreRequest): ScoreResponse {
  const isSure = draw(`margin ${lastMessage(request)}`) >= 0.2;
  return {
    scores: request.candidates.map((_, place) => ({
      logLikelihood: place === 0 ? -0.01 : isSure ? -9 : -1.2,
      tokenCount: 3,
    })),
    promptTokens: 200,
    ...TIMES,
  };
}

function train({ id }: AdapterRequest): AdapterResponse {
  const losses = [2, 2, 1.4, 0.9, 0.5];
  const hash = hashText(id).toString(16).padStart(8, "0");
  return { id, losses, weightHash: hash.repeat(8), trainedTokens: 40, ...TIMES };
}

/** A call of one of the tools whose names the system message lists, or a pair of a request and such a call. */
function chat({ messages, model, n = 1, seed }: ChatRequest): ChatResponse {
  const tools = [...(messages[0]?.content ?? "").matchAll(/^(\w+)\(/gm)].map(([, name]) => name);
  const asked = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const isSynthesis = asked.startsWith("Write a similar new request");
  const [, verb = "", topic = "", place = ""] = /(\w+) the (\w+) of ([\w-]+)$/.exec(asked) ?? [];
  const right = tools.find((name) => name === `${verb}_${topic}`);
  const other = tools.find((name) => name !== right);
  const isRight = draw(`skill ${asked}`) < (model === BASE ? 0.6 : 0.8);
  const own = `place-${seed}-${hashText(asked)}`;
  const content = isSynthesis
    ? JSON.stringify({
        instruction: `Please ${verb} the ${topic} of ${own}`,
        input: "",
        output: [{ name: right, arguments: { place: own } }],
      })
    : `<tool_call>${JSON.stringify([{ name: isRight ? right : other, arguments: { place } }])}</tool_call>`;
  return {
    id: "chat",
    model,
    choices: Array.from({ length: n }, (_, index) => ({
      index,
      message: { role: "assistant", content },
      finish_reason: "stop",
    })),
    usage: { prompt_tokens: 200, completion_tokens: 20 },
    timing: TIMES,
  };
}

function answer(path: string, body: string): unknown {
  if (path === "/ready" || path === "/health") return {};
  if (path === "/v1/models") return listModels();
  if (path === "/v1/score") return score(JSON.parse(body) as ScoreRequest);
  if (path === "/v1/adapters") return train(JSON.parse(body) as AdapterRequest);
  if (path === "/v1/chat/completions") return chat(JSON.parse(body) as ChatRequest);
  // An adapter is dropped.
  return path.startsWith("/v1/adapters/") ? {} : undefined;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

createServer((request, response) => {
  void readBody(request).then((body) => {
    const found = answer(request.url ?? "", body);
    response.writeHead(found === undefined ? 404 : 200, HEADERS);
    response.end(JSON.stringify(found ?? { error: { code: "not_found", message: request.url } }));
  });
}).listen(Number(port), "127.0.0.1");
