import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importDataset } from "../../datasets/index.js";
import { toChatTools } from "../../domain/samples/chat-tool.js";
import { servedRequestKey } from "../../domain/served/request-key.js";
import type { RunningCli, Workspace } from "./workspace.js";
import { createWorkspace, findFreePorts, waitFor } from "./workspace.js";

const TOKEN = "token-of-e2e";
const environment = { WHETSTONE_SERVE_TOKENS: `app:${TOKEN}` };

/** Every request adapts, and each training takes long enough to be interrupted. */
const config = `
sweep: app
model: tiny
dataset: { format: lookalike }
inference: { temperature: 0, maxTokens: 96 }
synthesis: { temperature: 0, decoding: constrained, maxTokens: 192, checks: false }
training: { learningRate: 5e-3, epochs: 60 }
run: { privateQueueTimeoutSeconds: 10 }
variants:
  - base
  - { name: adapting, method: tt-si, selection: all }
`;

let workspace: Workspace;
let port: number;
let questions: ChatCompletionCreateParamsNonStreaming[];
let serving: RunningCli;

beforeAll(async () => {
  workspace = await createWorkspace();
  workspace.write("app.yaml", config);
  [port = 0] = await findFreePorts(1);
  const { samples } = await importDataset({ name: "lookalike", format: "lookalike" });
  questions = samples.slice(0, 7).map(({ sample }) => ({
    model: "app",
    messages: sample.messages as never,
    tools: toChatTools(sample.tools) as never,
  }));
  serving = await startServing();
});

afterAll(async () => {
  serving.process.kill("SIGKILL");
  await workspace.close();
});

async function startServing(): Promise<RunningCli> {
  const running = workspace.start(["serve", "app.yaml", "--port", String(port)], environment);
  await waitFor(
    () => `the endpoint\n${running.stderr()}`,
    () => {
      if (running.process.exitCode !== null) throw new Error(running.stderr());
      return running.stderr().includes("Serving app ");
    },
    300_000,
  );
  return running;
}

/** Asks one question; `retries` covers the time in which the endpoint is away. */
async function ask(index: number, requestId: string, retries = 0) {
  const client = new OpenAI({
    ...{ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: TOKEN, maxRetries: retries },
  });
  const { data, response } = await client.chat.completions
    .create(questions[index]!, { headers: { "X-Request-Id": requestId } })
    .withResponse();
  return { completion: data, from: response.headers.get("x-whetstone-answer") };
}

/** Says that no call is right. */
async function judge(requestId: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/feedback`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ request_id: requestId, tool_calls: [] }),
  });
  return response.json();
}

function keyOf(requestId: string): string {
  return servedRequestKey({ sweep: "app", tenant: "app", requestId });
}

async function waitForAccepted(requestIds: readonly string[]): Promise<void> {
  await waitFor(
    () => "the requests to be accepted",
    async () => {
      const store = await workspace.openStore();
      try {
        const rows = await Promise.all(requestIds.map((id) => store.getServedRequest(keyOf(id))));
        return rows.every((row) => row !== null);
      } finally {
        await store.close();
      }
    },
  );
}

function kill(name: string): void {
  const service = workspace.services().find((each) => each.name === name);
  expect(service?.alive, `${name} runs before it is killed`).toBe(true);
  process.kill(service!.record.pid, "SIGKILL");
}

describe("whetstone serve", () => {
  it("refuses other machines without tokens, and starts nothing", async () => {
    const result = await workspace.run(["serve", "app.yaml", "--host", "0.0.0.0"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^error SERVE_TOKENS_MISSING: Other machines can reach 0.0.0.0/);
  });

  it("answers with calls, by the adapted model", async () => {
    const { completion, from } = await ask(0, "first");
    expect(from).toBe("adapted");
    expect(completion.choices[0]?.finish_reason).toBe("tool_calls");
    expect(completion.usage?.total_tokens).toBeGreaterThan(0);
  });

  it("gives one answer to a request whose endpoint and workers were killed", async () => {
    const first = await ask(0, "first");
    const judged = await judge("first");
    expect(judged).toMatchObject({
      answer: "adapted",
      correct: false,
      base: expect.any(Object) as object,
    });
    const interrupted = [1, 2, 3].map((index) => ask(index, `killed-${index}`));
    const ends = Promise.allSettled(interrupted);
    await waitForAccepted([1, 2, 3].map((index) => `killed-${index}`));
    serving.process.kill("SIGKILL");
    kill("worker-gpu");
    kill("worker-orchestrator-cpu");
    await serving.ended;
    expect((await ends).map(({ status }) => status)).toContain("rejected");
    serving = await startServing();
    const answers = await Promise.all([1, 2, 3].map((index) => ask(index, `killed-${index}`)));
    expect(answers.map(({ from }) => from)).toEqual(["adapted", "adapted", "adapted"]);
    // The answers stay, and are those of requests that nothing disturbed.
    expect(await Promise.all([1, 2, 3].map((index) => ask(index, `killed-${index}`)))).toEqual(
      answers,
    );
    for (const [at, index] of [1, 2, 3].entries()) {
      const { completion } = await ask(index, `quiet-${index}`);
      const contentOf = ({ choices }: typeof completion) =>
        choices.map(({ message }) => [
          message.content,
          message.tool_calls?.map((call) => "function" in call && call.function),
        ]);
      expect(contentOf(completion)).toEqual(contentOf(answers[at]!.completion));
    }
    expect(await ask(0, "first")).toEqual(first);
    expect(await judge("first")).toEqual(judged);
  });

  it("keeps requests waiting while server and engine are killed, and answers them", async () => {
    // Nothing of them has been computed before.
    const fresh = [4, 5, 6];
    const asked = fresh.map((index) => ask(index, `waiting-${index}`));
    await waitForAccepted(fresh.map((index) => `waiting-${index}`));
    kill("temporal");
    kill("engine");
    const answers = await Promise.all(asked);
    expect(answers.map(({ from }) => from)).toContain("adapted");
    expect(await Promise.all(fresh.map((index) => ask(index, `waiting-${index}`)))).toEqual(
      answers,
    );
  });

  it("ends on SIGTERM without an error, and leaves the answers", async () => {
    serving.process.kill("SIGTERM");
    const ended = await serving.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toBe(`http://127.0.0.1:${port}/v1\n`);
    expect(ended.stderr).not.toContain(TOKEN);
  });

  it("is reported under its config's name", async () => {
    const { code, stdout, stderr } = await workspace.run(["report", "app"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^served as app: 10 requests, \d+ uncertain: \d+ answered by the adapted/,
    );
    expect(stdout).toContain("By feedback with the right calls on 1 adapted answer");
  });
});
