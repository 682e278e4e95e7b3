import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import OpenAI from "openai";
import type { ClientOptions } from "openai";
import type {
  ChatCompletion,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { servedWorkflowId } from "../../contracts/queues-and-ids.js";
import { importDataset } from "../../datasets/index.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import { toChatTools } from "../../domain/samples/chat-tool.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import { servedRequestKey } from "../../domain/served/request-key.js";
import { toServedAnswer } from "../../domain/served/served-answer.js";
import type { Endpoint } from "../../serving/endpoint.js";
import { openEndpoint } from "../../serving/endpoint.js";
import { readTenants } from "../../serving/tenants.js";
import type { ResultRow } from "../../store/store.js";
import type { Gateway } from "./gateway.js";
import { openGateway } from "./gateway.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { openServed } from "./open-served.js";
import { waitFor } from "./wait-for.js";

const TOKEN = "token-of-app-1";
const OTHER_TOKEN = "token-of-app-2";
const TENANTS = readTenants({ WHETSTONE_SERVE_TOKENS: `app:${TOKEN} other:${OTHER_TOKEN}` });

/** Records of the sweep, each the first of a data set of its own, as every request is. */
const RECORDS = 3;

/** Between the workers and the engine. */
let engine: Gateway;
let harness: Harness;
let config: ResolvedConfig;
let samples: readonly GoldSample[];
let swept: readonly ResultRow[];
const endpoints = new Map<string, Endpoint>();

beforeAll(async () => {
  const servers = inject("servers");
  engine = await openGateway(servers.engineUrl);
  harness = await openHarness(servers, "serve", engine.url);
  await harness.startWorker(["orchestrator", "cpu", "gpu"]);
  const imported = await importDataset({ name: "lookalike", format: "lookalike" });
  samples = imported.samples.slice(0, RECORDS + 2);
  const planned = await harness.plan([
    "sweep: swept",
    "datasets:",
    ...samples.slice(0, RECORDS).map((sample, index) => {
      const path = join(harness.settings.home, `record-${index}.jsonl`);
      writeFileSync(path, toRecord(sample));
      return `  - { format: openai-jsonl, name: record-${index}, path: ${path} }`;
    }),
    "inference: { temperature: 0, maxTokens: 96 }",
    "synthesis: { decoding: constrained, maxTokens: 192 }",
    "training: { learningRate: 5e-3 }",
    "variants:",
    "  - base",
    "  - { name: adapting, method: tt-si, selection: all }",
  ]);
  const result = await (await startSweep(harness.client, { config: planned })).result();
  expect(result).toMatchObject({ status: "finished", failed: 0 });
  swept = await harness.store.listResults("swept");
  const adapting = planned.variants.find(({ name }) => name === "adapting")!;
  const slow: VariantSpec = {
    ...adapting,
    name: "slow",
    training: { ...adapting.training, epochs: 1_000 },
  };
  const certain: VariantSpec = { ...adapting, name: "certain", selection: "uncertain", tau: 0 };
  config = { ...planned, sweep: "app", variants: [...planned.variants, slow, certain] };
});

afterAll(async () => {
  await Promise.all([...endpoints.values()].map((endpoint) => endpoint.close()));
  await harness.close();
  await engine.close();
});

/** A record whose right answer is the sample's gold. */
function toRecord({ sample, gold }: GoldSample): string {
  const calls = gold.calls.map(({ name, arguments: given }) => ({
    type: "function",
    function: { name, arguments: JSON.stringify(given) },
  }));
  const answer = { role: "assistant", content: null, tool_calls: calls };
  return JSON.stringify({
    messages: [...sample.messages, answer],
    tools: toChatTools(sample.tools),
  });
}

/** The endpoint of a variant, opened when it is first needed. */
async function endpointOf(variant: string): Promise<Endpoint> {
  const known = endpoints.get(variant);
  if (known) return known;
  const endpoint = await openServed(harness, config, variant, TENANTS);
  endpoints.set(variant, endpoint);
  return endpoint;
}

async function clientOf(variant: string, options: ClientOptions = {}): Promise<OpenAI> {
  const { url } = await endpointOf(variant);
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: TOKEN, maxRetries: 0, ...options });
}

/** What a client sends to ask a sample's query. */
function question(row: number): ChatCompletionCreateParamsNonStreaming {
  const { sample } = samples[row]!;
  return {
    model: "app",
    messages: sample.messages as never,
    tools: toChatTools(sample.tools),
  };
}

interface Reply {
  readonly completion: ChatCompletion;
  readonly from: string | null;
}

async function ask(
  client: OpenAI,
  body: ChatCompletionCreateParamsNonStreaming,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const { data, response } = await client.chat.completions.create(body, { headers }).withResponse();
  return { completion: data, from: response.headers.get("x-whetstone-answer") };
}

function messageOf({ completion }: Reply) {
  const [choice] = completion.choices;
  return choice!.message;
}

function callsOf(reply: Reply): unknown[] {
  return (messageOf(reply).tool_calls ?? []).flatMap((call) =>
    call.type === "function"
      ? [{ name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown }]
      : [],
  );
}

/** A record whose unit an adapted model answered. */
function adaptedRow(): number {
  const unit = swept.find(({ adapted }) => adapted);
  expect(unit).toBeDefined();
  return Number(unit!.dataset.replace("record-", ""));
}

/** The answer that the sweep's unit has, as it would be served. */
function sweptAnswer(row: number, variant: string) {
  const unit = swept.find((each) => each.dataset === `record-${row}` && each.variant === variant)!;
  const { answer } = unit.trace;
  const options = { from: "base", uncertain: null, maxTokens: 96, oneCall: false } as const;
  return { unit, answer: toServedAnswer(answer!, options) };
}

describe("a served request", () => {
  it.each(["base", "adapting"])(
    "has the answer of a sweep's unit with the same record, variant %s and seed",
    async (variant) => {
      const client = await clientOf(variant);
      for (let row = 0; row < RECORDS; row += 1) {
        const reply = await ask(client, question(row), {
          "X-Request-Id": `equal-${row}-${variant}`,
        });
        const { unit, answer } = sweptAnswer(row, variant);
        expect(callsOf(reply)).toEqual(unit.calls ?? []);
        expect(messageOf(reply).content).toBe(answer.content);
        expect(reply.completion).toMatchObject({
          ...{ object: "chat.completion", model: "app" },
          choices: [{ finish_reason: answer.finishReason }],
          usage: {
            prompt_tokens: unit.trace.answer!.promptTokens,
            completion_tokens: unit.trace.answer!.completionTokens,
          },
        });
        expect(reply.from).toBe(unit.adapted ? "adapted" : "base");
      }
    },
  );

  it("of which H is certain is answered by the base model", async () => {
    const reply = await ask(await clientOf("certain"), question(0), { "X-Request-Id": "certain" });
    expect(reply.from).toBe("base");
    expect(callsOf(reply)).toEqual(sweptAnswer(0, "base").unit.calls ?? []);
  });

  it("asked again has the same answer and ids, without another workflow", async () => {
    const client = await clientOf("base");
    const body = question(0);
    const first = await ask(client, body, { "X-Request-Id": "again" });
    expect(await ask(client, body, { "X-Request-Id": "again" })).toEqual(first);
    expect(await ask(client, body, { "Idempotency-Key": "again" })).toEqual(first);
    expect(await ask(client, { ...body, metadata: { request_id: "again" } })).toEqual(first);
    const other = await ask(client, body);
    expect(other.completion.id).not.toBe(first.completion.id);
    expect(callsOf(other)).toEqual(callsOf(first));
    const workflowId = servedWorkflowId({ sweep: "app", tenant: "app", requestId: "again" });
    const runs = await waitFor("the workflow to be listed", async () => {
      const found = [];
      const query = `WorkflowId = "${workflowId}" AND ExecutionStatus = "Completed"`;
      for await (const each of harness.client.workflow.list({ query })) found.push(each);
      return found.length > 0 && found;
    });
    expect(runs).toHaveLength(1);
  });

  it("asked several times at once is answered once", async () => {
    // Nothing that this tenant asks has been computed yet.
    const client = await clientOf("adapting", { apiKey: OTHER_TOKEN });
    const body = question(adaptedRow());
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => ask(client, body, { "X-Request-Id": "at-once" })),
    );
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]?.from).toBe("adapted");
  });

  it("with the id of another one is refused, but ids of tenants do not meet", async () => {
    const client = await clientOf("base");
    await ask(client, question(0), { "X-Request-Id": "taken" });
    await expect(ask(client, question(1), { "X-Request-Id": "taken" })).rejects.toMatchObject({
      status: 409,
      code: "SERVE_REQUEST_CONFLICT",
      type: "conflict_error",
      message: "409 Request id taken was used for another request. Send another X-Request-Id.",
    });
    const other = await clientOf("base", { apiKey: OTHER_TOKEN });
    expect((await ask(other, question(1), { "X-Request-Id": "taken" })).from).toBe("base");
  });

  it("of one tenant takes no step from another's", async () => {
    const ids = { "X-Request-Id": "apart" };
    await ask(await clientOf("adapting"), question(4), ids);
    await ask(await clientOf("adapting", { apiKey: OTHER_TOKEN }), question(4), ids);
    const again = { "X-Request-Id": "apart-again" };
    await ask(await clientOf("adapting"), question(4), again);
    const reused = async (tenant: string, requestId: string): Promise<number> => {
      const handle = harness.client.workflow.getHandle(
        servedWorkflowId({ sweep: "app", tenant, requestId }),
      );
      const { events = [] } = await handle.fetchHistory();
      // Steps that were computed, rather than found in the store.
      return (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
    };
    expect(await reused("app", "apart")).toBeGreaterThan(2);
    expect(await reused("other", "apart")).toBe(await reused("app", "apart"));
    expect(await reused("app", "apart-again")).toBe(0);
  });

  it("goes on with the results of its calls", async () => {
    const client = await clientOf("adapting");
    const body = question(1);
    const { tool_calls: calls } = messageOf(await ask(client, body, { "X-Request-Id": "turn-1" }));
    expect(calls?.length).toBeGreaterThan(0);
    const messages: ChatCompletionMessageParam[] = [
      ...body.messages,
      { role: "assistant", content: null, tool_calls: calls! },
      ...calls!.map(({ id }) => ({ role: "tool" as const, tool_call_id: id, content: "done" })),
      { role: "user", content: (body.messages.at(-1)!.content ?? "") as string },
    ];
    const reply = await ask(client, { ...body, messages }, { "X-Request-Id": "turn-2" });
    expect(["tool_calls", "stop", "length"]).toContain(reply.completion.choices[0]?.finish_reason);
    const sample = await findSample("turn-2");
    expect(sample.messages.map(({ role }) => role)).toEqual([
      ...body.messages.map(({ role }) => role),
      ...["assistant", ...calls!.map(() => "tool"), "user"],
    ]);
    expect(sample.messages[body.messages.length]?.content).toMatch(/^<tool_call>\[\{"name": "/);
  });

  it("streams the same answer", async () => {
    const client = await clientOf("adapting");
    const id = { headers: { "X-Request-Id": "equal-1-adapting" } };
    const whole = await ask(client, question(1), id.headers);
    const stream = client.chat.completions.stream(
      { ...question(1), stream: true, stream_options: { include_usage: true } },
      id,
    );
    const streamed = await stream.finalChatCompletion();
    expect(streamed.id).toBe(whole.completion.id);
    expect(streamed.usage).toEqual(whole.completion.usage);
    expect(streamed.choices[0]?.finish_reason).toBe(whole.completion.choices[0]?.finish_reason);
    expect(messageOf(whole).tool_calls?.length).toBeGreaterThan(0);
    expect(
      streamed.choices[0]?.message.tool_calls?.map(({ id: callId, function: called }) => ({
        ...{ id: callId, type: "function" },
        function: { name: called.name, arguments: called.arguments },
      })),
    ).toEqual(messageOf(whole).tool_calls);
  });

  it("whose budget runs out has the base model's answer, and keeps it", async () => {
    const client = await clientOf("slow");
    const row = adaptedRow();
    const headers = { "X-Request-Id": "late", "X-Whetstone-Budget-Ms": "1" };
    const late = await ask(client, question(row), headers);
    expect(late.from).toBe("late");
    expect(callsOf(late)).toEqual(sweptAnswer(row, "base").unit.calls ?? []);
    expect(await ask(client, question(row), { "X-Request-Id": "late" })).toEqual(late);
    // The method is cancelled and drops what it has.
    const workflowId = servedWorkflowId({ sweep: "app", tenant: "app", requestId: "late" });
    const result: unknown = await harness.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({ from: "late" });
    const { sampleKey } = await findRow("late");
    const response = await fetch(`${engine.url}/v1/adapters`);
    const adapters = (await response.json()) as { readonly data: readonly { id: string }[] };
    expect(adapters.data.filter(({ id }) => id.startsWith(sampleKey))).toEqual([]);
    expect(await ask(client, question(row), { "X-Request-Id": "late" })).toEqual(late);
  });

  it("whose method fails is answered by the base model", async () => {
    engine.modes = { "/v1/adapters": "reject" };
    const headers = { "X-Request-Id": "method-fails" };
    const reply = await ask(await clientOf("adapting"), question(3), headers).finally(() => {
      engine.modes = {};
    });
    expect(reply.from).toBe("base");
    const base = await ask(await clientOf("base"), question(3), { "X-Request-Id": "base-3" });
    expect(callsOf(reply)).toEqual(callsOf(base));
    expect(await findRow("method-fails")).toMatchObject({
      answer: { from: "base" },
      errorCode: expect.stringMatching(/^ENGINE_/) as unknown,
    });
    expect(await ask(await clientOf("adapting"), question(3), headers)).toEqual(reply);
  });

  it("that nobody can answer fails, and can be asked again", async () => {
    const client = await clientOf("adapting");
    const long: ChatCompletionCreateParamsNonStreaming = {
      ...question(0),
      messages: [{ role: "user", content: "word ".repeat(20_000) }],
    };
    const failing = () => ask(client, long, { "X-Request-Id": "too-long" });
    await expect(failing()).rejects.toMatchObject({ status: 500, code: "SERVE_FAILED" });
    const row = await findRow("too-long");
    expect(row).toMatchObject({
      answer: null,
      errorCode: expect.stringMatching(/^ENGINE_/) as unknown,
    });
    await expect(failing()).rejects.toMatchObject({ status: 500, code: "SERVE_FAILED" });
  });
});

/** Sends feedback on a request, as its tenant or another one. */
async function judge(body: object, token = TOKEN) {
  const { url } = await endpointOf("adapting");
  const response = await fetch(`${url}/v1/feedback`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The right calls of a sample. */
function rightCalls(row: number): object[] {
  return samples[row]!.gold.calls.map(({ name, arguments: given }) => ({
    type: "function",
    function: { name, arguments: JSON.stringify(given) },
  }));
}

describe("feedback", () => {
  it("judges both answers as the sweep judged its units, and counts once", async () => {
    const client = await clientOf("adapting");
    for (let row = 0; row < RECORDS; row += 1) {
      const requestId = `judged-${row}`;
      const { completion, from } = await ask(client, question(row), { "X-Request-Id": requestId });
      const own = sweptAnswer(row, "adapting").unit;
      const base = sweptAnswer(row, "base").unit;
      const feedback = { request_id: requestId, tool_calls: rightCalls(row) };
      const first = await judge(feedback);
      expect(first).toEqual({
        status: 200,
        body: {
          ...{ object: "feedback", request_id: requestId, completion_id: completion.id },
          ...{ answer: from, replaced: false },
          ...{ correct: own.correct, correct_strict: own.correctStrict, verdict: own.verdict },
          base: {
            ...{ correct: base.correct, correct_strict: base.correctStrict },
            verdict: base.verdict,
          },
        },
      });
      const { key } = await findRow(requestId);
      const stored = await harness.store.getServedFeedback(key);
      expect(stored?.calls).toEqual(samples[row]!.gold.calls);
      // Again, now by the completion's id: nothing changes, not even the time.
      const { tool_calls } = feedback;
      expect(await judge({ completion_id: completion.id, tool_calls })).toEqual(first);
      expect(await harness.store.getServedFeedback(key)).toEqual(stored);
    }
    const judgedRequests = await harness.store.listJudgedRequests("app");
    expect(judgedRequests.map(({ from }) => from)).toContain("adapted");
    expect(judgedRequests).toHaveLength(RECORDS);
  });

  it("replaces earlier feedback, and may be a verdict", async () => {
    const row = adaptedRow();
    const client = await clientOf("adapting");
    await ask(client, question(row), { "X-Request-Id": "changed" });
    const none = await judge({ request_id: "changed", tool_calls: [] });
    expect(none.body).toMatchObject({ correct: false, verdict: "count", replaced: false });
    const verdict = await judge({ request_id: "changed", correct: true });
    expect(verdict.body).toMatchObject({
      ...{ correct: true, correct_strict: null, verdict: "", base: null, replaced: true },
    });
    const { key } = await findRow("changed");
    expect(await harness.store.getServedFeedback(key)).toMatchObject({
      ...{ calls: null, base: null },
    });
  });

  it("is taken from the request's own tenant, once there is an answer", async () => {
    await ask(await clientOf("base"), question(0), { "X-Request-Id": "own" });
    const feedback = { request_id: "own", correct: true };
    const foreign = await judge(feedback, OTHER_TOKEN);
    expect(foreign).toMatchObject({
      status: 404,
      body: { error: { code: "SERVE_REQUEST_UNKNOWN", type: "not_found_error" } },
    });
    const { key, ...row } = await findRow("own");
    const completion_id = `chatcmpl-${key.slice(0, 24)}`;
    expect((await judge({ completion_id, correct: true }, OTHER_TOKEN)).status).toBe(404);
    expect((await judge({ completion_id, correct: true })).status).toBe(200);
    // An id that was accepted and never answered.
    const requestId = "never-answered";
    const open = servedRequestKey({ sweep: "app", tenant: "app", requestId });
    const sample = (await harness.store.getSample(row.dataset, row.sampleKey))!;
    await harness.store.acceptServedRequest({ ...row, requestId, key: open }, sample);
    expect(await judge({ request_id: requestId, correct: true })).toMatchObject({
      status: 409,
      body: {
        error: {
          code: "SERVE_REQUEST_OPEN",
          message: expect.stringContaining("has no answer yet") as string,
        },
      },
    });
    expect(await judge({ request_id: "own", tool_calls: [{}] })).toMatchObject({
      status: 400,
      body: { error: { code: "SERVE_FEEDBACK_INVALID" } },
    });
  });

  it("compares with a base answer that came after the adapted one", async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let held = 0;
    // The base model's answer is the first that is drawn.
    engine.onRequest = (method, path) => {
      if (method !== "POST" || !path.includes("completions")) return Promise.resolve();
      held += 1;
      return held === 1 ? released : Promise.resolve();
    };
    const row = adaptedRow();
    const body: ChatCompletionCreateParamsNonStreaming = {
      ...question(row),
      // Another text than before, so that nothing of it is stored yet.
      messages: [{ role: "system", content: "Call a tool." }, ...question(row).messages],
    };
    try {
      const client = await clientOf("adapting");
      const { from } = await ask(client, body, { "X-Request-Id": "base-later" });
      expect(from).toBe("adapted");
      expect((await findRow("base-later")).base).toBeNull();
      const feedback = { request_id: "base-later", tool_calls: rightCalls(row) };
      expect((await judge(feedback)).body["base"]).toBeNull();
      release();
      const base = await waitFor("the base answer", async () => (await findRow("base-later")).base);
      expect(base.from).toBe("base");
      expect((await judge(feedback)).body).toMatchObject({
        ...{ replaced: true, base: { correct: expect.any(Boolean) as boolean } },
      });
    } finally {
      release();
      engine.onRequest = () => Promise.resolve();
    }
  });
});

async function findRow(requestId: string) {
  const key = servedRequestKey({ sweep: "app", tenant: "app", requestId });
  return (await harness.store.getServedRequest(key))!;
}

async function findSample(requestId: string) {
  const { dataset, sampleKey } = await findRow(requestId);
  return (await harness.store.getSample(dataset, sampleKey))!;
}

describe("the endpoint", () => {
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) => {
    const { url } = await endpointOf("base");
    return fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${TOKEN}`,
        ...headers,
      },
      body,
    });
  };

  it("refuses a missing or wrong token", async () => {
    const client = await clientOf("base", { apiKey: "token-of-app-3" });
    await expect(ask(client, question(0))).rejects.toMatchObject({
      ...{ status: 401, code: "SERVE_UNAUTHORIZED", type: "authentication_error" },
    });
    const { url } = await endpointOf("base");
    for (const path of ["/v1/models", "/metrics", "/v1/other"]) {
      expect((await fetch(url + path)).status).toBe(401);
    }
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
  });

  it("lists the model under the config's name, and knows no other", async () => {
    const client = await clientOf("base");
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(["app"]);
    const { model } = config;
    expect((await ask(client, { ...question(0), model })).completion.model).toBe(model);
    await expect(ask(client, { ...question(0), model: "gpt-5" })).rejects.toMatchObject({
      ...{ status: 404, code: "SERVE_MODEL_UNKNOWN", param: "model" },
      message: '404 There is no model "gpt-5" here. Use "app".',
    });
  });

  it("refuses what is no chat completion with tools", async () => {
    const body = JSON.stringify(question(0));
    const statuses = await Promise.all([
      post("{"),
      post(body, { "Content-Type": "text/plain" }),
      post(body, { "X-Request-Id": "a b" }),
      post(body, { "X-Whetstone-Budget-Ms": "soon" }),
      post(" ".repeat(1_100_000)),
      post(new Uint8Array([0x22, 0xff, 0x22])),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([400, 415, 400, 400, 413, 400]);
    for (const response of statuses) {
      expect(response.headers.get("x-should-retry")).toBe("false");
      expect(await response.json()).toEqual({
        error: {
          message: expect.any(String) as string,
          type: "invalid_request_error",
          param: expect.toBeOneOf([null, expect.any(String)]) as unknown,
          code: expect.stringMatching(/^SERVE_/) as unknown,
        },
      });
    }
    const { url } = await endpointOf("base");
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${url}/v1/chat/completions`, { headers })).status).toBe(405);
    expect((await fetch(`${url}/v1/embeddings`, { headers })).status).toBe(404);
  });

  it("counts what it has served", async () => {
    const { url } = await endpointOf("adapting");
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const text = await waitFor("the last response to be counted", async () => {
      const response = await fetch(`${url}/metrics`, { headers });
      expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      const page = await response.text();
      return page.includes("whetstone_serve_waiting 0") && page;
    });
    expect(text).toMatch(/^whetstone_serve_answers_total\{answer="adapted"\} [1-9]/m);
    expect(text).toMatch(/^whetstone_serve_requests_total\{status="200"\} [1-9]/m);
    expect(text).toMatch(/^whetstone_serve_errors_total\{code="SERVE_FAILED"\} 2$/m);
    const judged = 'whetstone_serve_feedback_total{answer="adapted",judged="served",verdict=';
    expect(text).toContain(judged);
  });

  it("without tokens answers this machine alone, and any tenant only as often as it may", async () => {
    const open = await openEndpoint({
      gateway: {
        ask: () => Promise.reject(new Error("nothing is asked")),
        judge: () => Promise.reject(new Error("nothing is judged")),
      },
      ...{ tenants: readTenants({}), host: "127.0.0.1", port: 0 },
      ...{ name: "app", aliases: [], budgetMs: null, rate: 2 },
    });
    try {
      const { port } = new URL(open.url);
      expect((await fetch(`${open.url}/v1/models`)).status).toBe(200);
      const status = await new Promise((resolve, reject) => {
        get(
          { port, host: "127.0.0.1", path: "/v1/models", headers: { host: "evil.example" } },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        ).on("error", reject);
      });
      expect(status).toBe(403);
      const send = () =>
        fetch(`${open.url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: "{}",
        });
      expect([(await send()).status, (await send()).status]).toEqual([400, 400]);
      const third = await send();
      expect(third.status).toBe(429);
      expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(third.headers.get("x-should-retry")).toBeNull();
      expect(await third.json()).toMatchObject({
        error: { type: "rate_limit_error", code: "SERVE_RATE_LIMITED" },
      });
    } finally {
      await open.close();
    }
  });
});
