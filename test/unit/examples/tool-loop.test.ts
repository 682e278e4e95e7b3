import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { afterEach, expect, test } from "vitest";
import type { AssistantEvent } from "../../../examples/assistant/events.js";
import { Stock } from "../../../examples/assistant/laptops.js";
import { answerMessage } from "../../../examples/assistant/tool-loop.js";
import { createTools } from "../../../examples/assistant/tools.js";

/** What a model says in one turn. */
interface Turn {
  readonly content?: string;
  readonly calls?: readonly (readonly [name: string, given: object])[];
}

interface Heard {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: { readonly messages: ChatCompletionMessageParam[]; readonly tools: unknown[] };
}

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** Runs the loop on an endpoint that says these turns, one after the other. */
async function run(said: readonly Turn[], options: { turns?: number; budgetMs?: number } = {}) {
  const heard: Heard[] = [];
  server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      const turn = said[heard.length] ?? {};
      heard.push({ headers: request.headers, body: JSON.parse(text) as Heard["body"] });
      const tool_calls = turn.calls?.map(([name, given], index) => ({
        ...{ id: `call-${heard.length}-${index}`, type: "function" },
        function: { name, arguments: JSON.stringify(given) },
      }));
      const message = { role: "assistant", content: turn.content ?? null, tool_calls };
      response.writeHead(200, {
        "content-type": "application/json",
        "x-whetstone-answer": "adapted",
      });
      response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] }));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const events: AssistantEvent[] = [];
  const messages: ChatCompletionMessageParam[] = [{ role: "user", content: "hello" }];
  await answerMessage({
    client: new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "any" }),
    ...{ model: "served", tools: createTools(new Stock()), turns: options.turns ?? 4, messages },
    ...{ messageId: "message", budgetMs: options.budgetMs ?? null },
    signal: new AbortController().signal,
    tell: (event) => events.push(event),
  });
  return { heard, events, messages, last: events.at(-1) };
}

test("the model is asked again with the results, each turn under an id of its own", async () => {
  const { heard, events, messages, last } = await run(
    [
      { calls: [["get_laptop_location", { name: "orlo" }]] },
      { calls: [["set_laptop_location", { name: "Orlo", area: "Oslo" }]] },
      { content: "Orlo went from Lisbon to Oslo." },
    ],
    { budgetMs: 1_500 },
  );
  expect(heard.map(({ headers }) => headers["x-request-id"])).toEqual([
    ...["message-1", "message-2", "message-3"],
  ]);
  expect(heard.map(({ headers }) => headers["x-whetstone-budget-ms"])).toEqual(
    Array(3).fill("1500"),
  );
  expect(heard[0]?.body.tools).toHaveLength(5);
  expect(heard[1]?.body.messages.slice(1)).toMatchObject([
    { role: "assistant", tool_calls: [{ id: "call-1-0" }] },
    { role: "tool", tool_call_id: "call-1-0", content: "Orlo is in Lisbon." },
  ]);
  expect(heard[2]?.body.messages.at(-1)).toMatchObject({
    content: "Orlo is in Oslo now; it was in Lisbon.",
  });
  expect(events.map(({ kind }) => kind)).toEqual([
    ...["asking", "answered", "result", "asking", "answered", "result", "asking", "answered"],
    "done",
  ]);
  expect(events[1]).toMatchObject({ from: "adapted", calls: [{ name: "get_laptop_location" }] });
  expect(last).toEqual({ kind: "done", text: "Orlo went from Lisbon to Oslo." });
  expect(messages.at(-1)).toEqual({ role: "assistant", content: "Orlo went from Lisbon to Oslo." });
});

test("a call that was made before ends the loop: the results are the answer", async () => {
  const turn = { calls: [["get_laptop_price", { name: "Orlo" }]] } as const;
  const { heard, last } = await run([turn, turn]);
  expect(heard).toHaveLength(2);
  expect(last).toEqual({ kind: "done", text: "Orlo costs 69 euro." });
});

test("the model is told what is wrong with a call", async () => {
  const { events } = await run([
    {
      calls: [
        ["get_laptop_price", { name: "Xyz" }],
        ["get_laptop_price", {}],
        ["sell_laptop", { name: "Orlo" }],
      ],
    },
  ]);
  expect(events.flatMap((event) => (event.kind === "result" ? [event.text] : []))).toEqual([
    'There is no laptop "Xyz". The shop has Cevaz 23, Orlo, Hegoz 3, Bilhap.',
    expect.stringMatching(/^Wrong arguments: .*name/s),
    'There is no tool "sell_laptop".',
  ]);
});

test("the loop ends after its last turn, and without calls or words at once", async () => {
  const asked = await run([{ calls: [["get_laptop_price_history", { name: "Orlo", days: 2 }]] }], {
    turns: 1,
  });
  expect(asked.heard).toHaveLength(1);
  expect(asked.last).toMatchObject({ text: "Orlo, prices of the last 2 days in euro: 69, 69." });
  server?.close();
  expect((await run([{ content: "" }])).last).toEqual({
    kind: "done",
    text: "No tool fits this request.",
  });
});
