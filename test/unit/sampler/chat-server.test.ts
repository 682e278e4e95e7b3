import { afterEach, expect, test } from "vitest";
import type { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { answerSeed } from "../../../sampler/chat.js";
import { ChatServer } from "../../../sampler/chat-server.js";
import { readRetryAfter } from "../../../sampler/http.js";
import { costOf } from "../../../sampler/prices.js";
import type { Arrived, Reply } from "./scripted-server.js";
import { completion, startScriptedServer } from "./scripted-server.js";

const messages = [{ role: "user", content: "Hello." }] as const;
const call = { messages, max_tokens: 8, seed: 1 };
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serve(reply: (request: Arrived) => Reply, model = "m", apiKeyEnv?: string) {
  const server = await startScriptedServer(reply);
  stops.push(server.stop);
  const env = { KEY: "secret-key-value" };
  const options = { baseUrl: server.baseUrl, model, env };
  return { ...server, chat: new ChatServer(apiKeyEnv ? { ...options, apiKeyEnv } : options) };
}

function refuse(status: number, error: object | string, headers = {}): () => Reply {
  return () => ({ status, headers, body: typeof error === "string" ? error : { error } });
}

test("returns texts, finish reasons, tokens and cost", async () => {
  const { chat, arrived } = await serve(
    () => completion("gpt-5-mini-2025-08-07", "a"),
    "gpt-5-mini",
  );
  const answer = await chat.chat(call);
  expect(answer).toEqual({
    texts: ["a"],
    finishReasons: ["stop"],
    usage: { promptTokens: 1_000, completionTokens: 100, costUsd: 0.00045 },
    model: "gpt-5-mini-2025-08-07",
  });
  // Such models do not accept max_tokens, and no temperature was requested.
  expect(arrived[0]?.body).toEqual({
    model: "gpt-5-mini",
    messages,
    seed: 1,
    max_completion_tokens: 8,
  });
});

test("a server that supports n is called once", async () => {
  const { chat, arrived } = await serve(({ body }) =>
    completion("m", ...Array.from({ length: Number(body["n"] ?? 1) }, (_, i) => `t${i}`)),
  );
  const { texts, usage } = await chat.chat({ ...call, n: 3 });
  expect(texts).toEqual(["t0", "t1", "t2"]);
  expect(usage).toEqual({ promptTokens: 1_000, completionTokens: 100 });
  expect(arrived).toHaveLength(1);
});

test.each([
  ["ignores", () => undefined],
  [
    "refuses",
    ({ body }: Arrived) =>
      "n" in body
        ? { status: 400, body: { error: { message: "parameter n must be 1", code: null } } }
        : undefined,
  ],
])("a server that %s n is called again with other seeds", async (_, special) => {
  const { chat, arrived } = await serve(
    (request) => special(request) ?? completion("m", `s${String(request.body["seed"])}`),
  );
  const { texts, usage } = await chat.chat({ ...call, seed: 7, n: 3 });
  const seeds = [0, 1, 2].map((index) => answerSeed(7, index));
  expect(new Set(seeds).size).toBe(3);
  expect(texts).toEqual(seeds.map((seed) => `s${seed}`));
  expect(usage.promptTokens).toBe(3_000);
  expect(arrived.at(-1)?.body).not.toHaveProperty("n");
});

test("max_completion_tokens is learned from a refusal", async () => {
  const { chat, arrived } = await serve(({ body }) =>
    "max_tokens" in body
      ? {
          status: 400,
          body: { error: { message: "Use 'max_completion_tokens' instead.", param: "max_tokens" } },
        }
      : completion("m", "a"),
  );
  await chat.chat(call);
  await chat.chat(call);
  expect(arrived.map(({ body }) => "max_tokens" in body)).toEqual([true, false, false]);
});

test.each([
  [401, { message: "bad key" }, {}, "SAMPLER_KEY_REFUSED", false],
  [403, { message: "not yours" }, {}, "SAMPLER_KEY_REFUSED", false],
  [429, { message: "no credit", code: "insufficient_quota" }, {}, "SAMPLER_QUOTA_EXCEEDED", false],
  [429, { message: "slow" }, { "retry-after": "7" }, "SAMPLER_OVERLOADED", true],
  [503, "<html>busy</html>", { "retry-after": "7" }, "SAMPLER_FAILED", true],
  [404, { message: "no model m", code: "model_not_found" }, {}, "SAMPLER_MODEL_MISSING", false],
  [
    400,
    { message: "too long", code: "context_length_exceeded" },
    {},
    "SAMPLER_CONTEXT_LENGTH_EXCEEDED",
    false,
  ],
  [400, { message: "temperature unsupported" }, {}, "SAMPLER_REQUEST_REFUSED", false],
  [200, "<html>welcome</html>", {}, "SAMPLER_ANSWER_INVALID", false],
])("status %i, %j becomes an error", async (status, error, headers, code, retryable) => {
  const { chat } = await serve(refuse(status, error, headers), "m", "KEY");
  const thrown: unknown = await chat.chat(call).catch((caught: unknown) => caught);
  expect(thrown).toMatchObject({ code, retryable });
  if ("retry-after" in headers) expect(thrown).toMatchObject({ details: { retryAfterMs: 7_000 } });
  else expect((thrown as WhetstoneError).details).not.toHaveProperty("retryAfterMs");
  expect(JSON.stringify(thrown) + String(thrown)).not.toContain("secret-key-value");
});

test("the key comes from the named variable, and its absence is reported", async () => {
  const { chat, arrived, baseUrl } = await serve(() => completion("m", "a"), "m", "KEY");
  await chat.chat(call);
  expect(arrived[0]?.authorization).toBe("Bearer secret-key-value");
  const keyless = new ChatServer({ baseUrl, model: "m", apiKeyEnv: "MISSING", env: {} });
  await expect(keyless.chat(call)).rejects.toMatchObject({ code: "SAMPLER_KEY_MISSING" });
});

test("an unreachable server is a retryable error", async () => {
  const chat = new ChatServer({ baseUrl: "http://127.0.0.1:9/v1", model: "m" });
  await expect(chat.chat(call)).rejects.toMatchObject({
    code: "SAMPLER_UNREACHABLE",
    retryable: true,
  });
  await expect(chat.listModels()).rejects.toMatchObject({ code: "SAMPLER_UNREACHABLE" });
});

test("an aborted request throws the signal's reason", async () => {
  const { chat } = await serve(() => completion("m", "a"));
  const reason = new Error("cancelled");
  await expect(chat.chat(call, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("a server that accepts any name gets no adapter", async () => {
  const { chat, arrived } = await serve(() => completion("m", "a"));
  await expect(chat.loadAdapter("a1", "/tmp/a1")).rejects.toMatchObject({
    code: "SAMPLER_WRONG_MODEL",
  });
  await expect(chat.chat({ ...call, adapter: "a1" })).rejects.toMatchObject({
    code: "SAMPLER_WRONG_MODEL",
    details: { asked: "a1", answered: "m" },
  });
  expect(arrived.every(({ path }) => path === "/v1/chat/completions")).toBe(true);
});

test("a server without vLLM's routes cannot load adapters", async () => {
  const { chat } = await serve(refuse(404, { message: "not found" }));
  await expect(chat.loadAdapter("a1", "/tmp/a1")).rejects.toMatchObject({
    code: "SAMPLER_ADAPTERS_UNSUPPORTED",
  });
});

test("check lists the available models", async () => {
  const { chat } = await serve(() => ({ body: { object: "list", data: [{ id: "other" }] } }));
  await expect(chat.check()).rejects.toMatchObject({
    code: "SAMPLER_MODEL_MISSING",
    details: { available: ["other"] },
  });
});

test("Retry-After is read as seconds, a date or milliseconds", () => {
  const now = Date.parse("2025-01-01T00:00:00Z");
  const read = (headers: Record<string, string>) => readRetryAfter(new Headers(headers), now);
  expect(read({ "retry-after": "1.5" })).toBe(1_500);
  expect(read({ "retry-after": "Wed, 01 Jan 2025 00:00:09 GMT" })).toBe(9_000);
  expect(read({ "retry-after": "9", "retry-after-ms": "12" })).toBe(12);
  expect(read({ "retry-after": "soon" })).toBeNull();
  expect(read({})).toBeNull();
});

test("cost needs a known model; cached tokens are cheaper", () => {
  expect(costOf("gpt-5-mini", 1_000_000, 1_000_000)).toBeCloseTo(2.25, 12);
  expect(costOf("gpt-5-mini", 1_000_000, 0, 1_000_000)).toBeCloseTo(0.025, 12);
  expect(costOf("tiny", 1, 1)).toBeUndefined();
  expect(costOf("toString", 1, 1)).toBeUndefined();
});

const format = { type: "json_schema", json_schema: { name: "x", schema: {} } } as const;

test("a server that accepts a format but returns free text is always refused", async () => {
  const { chat, arrived } = await serve(() => completion("m", "Hello! How can I help?"));
  for (let time = 0; time < 2; time += 1) {
    await expect(chat.chat({ ...call, response_format: format })).rejects.toMatchObject({
      code: "SAMPLER_FORMAT_IGNORED",
      message: expect.stringContaining('it answered "Hello! How can I help?"') as string,
      retryable: false,
    });
  }
  expect(arrived).toHaveLength(1);
  expect((await chat.chat(call)).texts).toEqual(["Hello! How can I help?"]);
});

test("a server that enforces the format is tested once, and again after a failed trial", async () => {
  let fails = true;
  const { chat, arrived } = await serve(({ body }) => {
    if (fails) return { status: 503, body: { error: { message: "loading" } } };
    return completion("m", JSON.stringify(body).includes("zwqx") ? '{"word": "zwqx"}' : "{}");
  });
  const asked = { ...call, response_format: format };
  await expect(chat.chat(asked)).rejects.toMatchObject({ code: "SAMPLER_FAILED" });
  fails = false;
  expect((await chat.chat(asked)).texts).toEqual(["{}"]);
  expect((await chat.chat(asked)).texts).toEqual(["{}"]);
  expect(arrived).toHaveLength(4);
});

/** Responses of transformers 5.23 (`transformers serve DIR`), recorded from the real server. */
function transformersServe({ path, body }: Arrived): Reply {
  if (path === "/v1/models") return { status: 500, body: "Internal Server Error" };
  if (path !== "/v1/chat/completions") return { status: 404, body: { detail: "Not Found" } };
  if (body["model"] !== "/models/m") {
    const detail = `Server is pinned to '/models/m'; requested '${String(body["model"])}'.`;
    return { status: 400, body: { detail } };
  }
  if ("continue_final_message" in body) {
    const detail = "Unexpected fields in the request: {'continue_final_message'}";
    return { status: 422, body: { detail } };
  }
  return completion("/models/m@main", "The colour is a vibrant and");
}

test("transformers serve: no model list, one answer per request, unknown names are refused", async () => {
  const { chat, baseUrl } = await serve(transformersServe, "/models/m");
  await chat.check();
  expect((await chat.chat({ ...call, n: 2 })).texts).toHaveLength(2);
  const wrong = new ChatServer({ baseUrl, model: "/models/other" });
  for (const tried of [() => wrong.check(), () => wrong.chat(call)]) {
    await expect(tried()).rejects.toMatchObject({
      code: "SAMPLER_MODEL_MISSING",
      message: expect.stringContaining("Server is pinned to '/models/m'") as string,
    });
  }
  await expect(chat.loadAdapter("a", "/tmp/a")).rejects.toMatchObject({
    code: "SAMPLER_ADAPTERS_UNSUPPORTED",
  });
  await expect(chat.chat({ ...call, continue_final_message: true })).rejects.toMatchObject({
    code: "SAMPLER_REQUEST_REFUSED",
    message: expect.stringContaining("continue_final_message") as string,
  });
  await expect(chat.chat({ ...call, response_format: format })).rejects.toMatchObject({
    code: "SAMPLER_FORMAT_IGNORED",
  });
});

test("a lone surrogate in a text is sent as U+FFFD: other parsers refuse its escape", async () => {
  const { chat, arrived } = await serve(() => completion("m", "a"));
  const cut = "caf\u00e9 \ud83d\ude00 \ud83d";
  await chat.chat({ ...call, messages: [{ role: "user", content: cut }] });
  expect(arrived[0]?.body["messages"]).toEqual([
    { role: "user", content: "caf\u00e9 \ud83d\ude00 \ufffd" },
  ]);
});
