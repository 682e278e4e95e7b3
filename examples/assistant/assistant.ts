import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { join } from "node:path";
import type OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { z } from "zod";
import type { AssistantEvent } from "./events.js";
import { Stock } from "./laptops.js";
import { answerMessage } from "./tool-loop.js";
import { createTools } from "./tools.js";

const PAGE: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html"],
  "/page.js": ["page.js", "text/javascript"],
  "/page.css": ["page.css", "text/css"],
};

const messageShape = z.object({
  conversation: z.string().max(100),
  text: z.string().min(1).max(2_000),
  budgetMs: z.int().min(1).nullable(),
});

/** Longest body of a message, bytes. */
const LONGEST_BODY = 20_000;

/** Conversations that are kept; the oldest goes first. */
const MOST_CONVERSATIONS = 100;

/** Messages of a conversation that are sent with the next one, calls and results included. */
const MOST_MESSAGES = 12;

/** What answers the messages. */
interface AssistantOptions {
  readonly client: OpenAI;
  readonly model: string;
  /** How often the model may be asked for a message; if once, it gets each message alone. */
  readonly turns: number;
}

/** Creates the server of the page and of its messages. The shop and all conversations are in memory. */
export function createAssistant({ client, model, turns }: AssistantOptions): Server {
  const tools = createTools(new Stock());
  const conversations = new Map<string, ChatCompletionMessageParam[]>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { conversation, text, budgetMs } = messageShape.parse(JSON.parse(await read(request)));
    const messages = conversations.get(conversation) ?? [];
    conversations.set(conversation, messages);
    const [oldest] = conversations.keys();
    if (conversations.size > MOST_CONVERSATIONS && oldest) conversations.delete(oldest);
    const gone = new AbortController();
    response.once("close", () => {
      gone.abort();
    });
    response.writeHead(200, {
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
    });
    const tell = (event: AssistantEvent) => {
      response.write(`${JSON.stringify(event)}\n`);
    };
    if (turns === 1) messages.splice(0);
    dropOldest(messages);
    const before = messages.length;
    messages.push({ role: "user", content: text });
    try {
      const messageId = randomUUID();
      await answerMessage({
        ...{ client, model, tools, turns, messages, messageId, budgetMs, tell },
        signal: gone.signal,
      });
    } catch (error) {
      // The conversation goes on without the message that has no answer.
      messages.splice(before);
      tell({ kind: "failed", text: error instanceof Error ? error.message : String(error) });
    }
    response.end();
  }

  return createServer((request, response) => {
    const refuse = (status: number, text: string) => {
      response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
      response.end(`${text}\n`);
    };
    // Another website can reach this server through a name of its own, or by a form: both are refused.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
      refuse(403, "This page is available only on this machine.");
      return;
    }
    const page = PAGE[request.url ?? ""];
    if (request.method === "GET" && page !== undefined) {
      const [file, type] = page;
      response.writeHead(200, { "content-type": `${type}; charset=utf-8` });
      response.end(readFileSync(join(import.meta.dirname, "page", file)));
    } else if (
      request.method === "POST" &&
      request.url === "/messages" &&
      request.headers["content-type"] === "application/json"
    ) {
      answer(request, response).catch((error: unknown) => {
        refuse(400, error instanceof Error ? error.message : String(error));
      });
    } else {
      refuse(404, "Not found.");
    }
  });
}

/** Drops the oldest messages with all that was said to them, so that a conversation fits into the model's context. */
function dropOldest(messages: ChatCompletionMessageParam[]): void {
  while (messages.length > MOST_MESSAGES) {
    const next = messages.findIndex(({ role }, index) => index > 0 && role === "user");
    messages.splice(0, next === -1 ? messages.length : next);
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_BODY) throw new Error("The message is too long.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
