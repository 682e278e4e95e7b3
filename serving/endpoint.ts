import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { LONGEST_WAIT_MS } from "../domain/served/longest-wait.js";
import { listen } from "../infra/http/listen.js";
import { readChatRequest } from "./chat-request.js";
import { toChunks, toCompletion } from "./completion.js";
import { readFeedbackRequest } from "./feedback-request.js";
import type { Gateway } from "./gateway.js";
import { toFeedbackResponse } from "./give-feedback.js";
import { ServeMetrics } from "./metrics.js";
import { RateLimit } from "./rate-limit.js";
import { readBody } from "./read-body.js";
import { refuseRequest, toErrorResponse } from "./request-error.js";
import type { Tenants } from "./tenants.js";
import { requireTokens } from "./tenants.js";

/** Options of `openEndpoint`. */
export interface EndpointOptions {
  readonly gateway: Gateway;
  readonly tenants: Tenants;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Name under which the model is listed. */
  readonly name: string;
  /** Further names that requests may use. */
  readonly aliases: readonly string[];
  /** Latency budget of requests that name none, milliseconds; null: none. */
  readonly budgetMs: number | null;
  /** Requests per minute that a tenant may send; null: any number. */
  readonly rate: number | null;
  /** Told about responses that are a defect or an outage; never about what a request says. */
  readonly report?: (message: string) => void;
}

/** A running endpoint. */
export interface Endpoint {
  readonly url: string;
  /** Takes no more requests, gives open ones some seconds, then ends them; their workflows go on. */
  close(): Promise<void>;
}

/** How long open requests may go on after `close`, milliseconds. */
const CLOSING_MS = 5_000;

/** Status to count for a client that left before its response; as in nginx. */
const CLIENT_GONE = 499;

/** Ids that fit into a workflow's id and are readable there. */
const REQUEST_ID = /^[\w.:=+@-]{1,100}$/;

/**
 * Serves OpenAI's chat completions with tools. Throws `SERVE_TOKENS_MISSING` if other machines could reach it without a
 * token, and `PORT_IN_USE`.
 */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { host, port, tenants } = options;
  requireTokens(tenants, host);
  const metrics = new ServeMetrics();
  const limit = options.rate === null ? null : new RateLimit(options.rate);
  const closing = new AbortController();
  const server = createServer((request, response) => {
    void handle({ options, metrics, limit, closing: closing.signal }, request, response);
  });
  const url = await listen(server, { host, port, hint: "name another with --port" });
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
        setTimeout(() => {
          closing.abort(stopping());
          // Gives the last responses a moment to leave.
          setTimeout(() => {
            server.closeAllConnections();
          }, 200).unref();
        }, CLOSING_MS).unref();
      }),
  };
}

interface Scope {
  readonly options: EndpointOptions;
  readonly metrics: ServeMetrics;
  readonly limit: RateLimit | null;
  /** Aborts when open requests must end. */
  readonly closing: AbortSignal;
}

async function handle(
  scope: Scope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "").split("?")[0] ?? "";
  try {
    checkHost(scope.options, request);
    if (path === "/healthz") {
      requireMethod(request, "GET");
      send(response, 200, { status: "ok" });
      return;
    }
    const tenant = scope.options.tenants.find(request.headers.authorization);
    if (tenant === null) throw unauthorized();
    switch (path) {
      case "/v1/chat/completions":
        requireMethod(request, "POST");
        await complete(scope, tenant, request, response);
        return;
      case "/v1/feedback":
        requireMethod(request, "POST");
        await takeFeedback(scope, tenant, request, response);
        return;
      case "/v1/models":
        requireMethod(request, "GET");
        send(response, 200, listModels(scope.options));
        return;
      case "/metrics":
        requireMethod(request, "GET");
        response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
        response.end(scope.metrics.render());
        return;
      default:
        throw refuseRequest("SERVE_NOT_FOUND", "There is no such path.", {
          hint: "Use POST /v1/chat/completions.",
        });
    }
  } catch (error) {
    sendError(scope, response, error);
  }
}

/** Answers one chat completion. */
async function complete(
  { options, metrics, limit, closing }: Scope,
  tenant: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const end = metrics.begin();
  const gone = new AbortController();
  response.once("close", () => {
    end();
    metrics.countResponse(response.headersSent ? response.statusCode : CLIENT_GONE);
    gone.abort();
  });
  const tooLong = AbortSignal.timeout(LONGEST_WAIT_MS);
  try {
    const wait = limit?.take(tenant) ?? null;
    if (wait !== null) throw tooMany(wait);
    const chat = readChatRequest(await readBody(request));
    if (chat.model !== options.name && !options.aliases.includes(chat.model)) {
      throw refuseRequest("SERVE_MODEL_UNKNOWN", `There is no model "${chat.model}" here.`, {
        hint: `Use "${options.name}".`,
        param: "model",
      });
    }
    const requestId = readRequestId(request, chat.requestId);
    response.setHeader("x-request-id", requestId);
    const answered = await options.gateway.ask(chat, {
      ...{ tenant, requestId },
      budgetMs: readBudget(request) ?? options.budgetMs,
      signal: AbortSignal.any([gone.signal, closing, tooLong]),
    });
    if (answered.isRepeated) metrics.countRepeated();
    else metrics.countAnswer(answered.answer, (performance.now() - started) / 1000);
    const context = { ...answered, model: chat.model };
    response.setHeader("x-whetstone-answer", answered.answer.from);
    if (chat.stream) stream(response, toChunks(context, answered.answer, chat.streamsUsage));
    else send(response, 200, toCompletion(context, answered.answer));
  } catch (error) {
    if (gone.signal.aborted || response.destroyed) return;
    throw tooLong.aborted ? timedOut(error) : error;
  }
}

/** Takes feedback on one answer. */
async function takeFeedback(
  { options, metrics }: Scope,
  tenant: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const feedback = readFeedbackRequest(await readBody(request));
  const stored = await options.gateway.judge(feedback, tenant);
  if (stored.change !== "same") metrics.countFeedback(stored);
  send(response, 200, toFeedbackResponse(stored));
}

/** Sends chunks as server-sent events. */
function stream(response: ServerResponse, chunks: readonly object[]): void {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end("data: [DONE]\n\n");
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}

function sendError({ options, metrics }: Scope, response: ServerResponse, error: unknown): void {
  const { status, headers, body } = toErrorResponse(error);
  const { code } = body.error;
  metrics.countError(code);
  if (status >= 500) options.report?.(describeForLog(status, error));
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  send(response, status, body);
}

/** What a log may say: prompts are in no message of a coded error, but may be in others. */
function describeForLog(status: number, error: unknown): string {
  if (error instanceof WhetstoneError) return `${status} ${error.code}: ${error.message}`;
  return `${status} UNEXPECTED: ${error instanceof Error ? error.name : typeof error}`;
}

/** Without tokens, refuses requests that a website sends through a name of its own (DNS rebinding). */
function checkHost({ tenants }: EndpointOptions, request: IncomingMessage): void {
  const host = request.headers.host ?? "";
  if (!tenants.isOpen || /^(127(\.\d+){3}|localhost|\[::1\])(:\d+)?$/.test(host)) return;
  throw refuseRequest("SERVE_HOST_FORBIDDEN", "This endpoint answers only on this machine.", {
    hint: "Use http://127.0.0.1, or set WHETSTONE_SERVE_TOKENS where the endpoint runs.",
  });
}

function requireMethod(request: IncomingMessage, method: "GET" | "POST"): void {
  const given = request.method === "HEAD" ? "GET" : request.method;
  if (given === method) return;
  throw refuseRequest("SERVE_METHOD_FORBIDDEN", `This path takes ${method} only.`, { hint: "" });
}

/** The client's id for the request, or a new one, under which nobody can ask again. */
function readRequestId({ headers }: IncomingMessage, inBody: string | null): string {
  const given = headers["x-request-id"] ?? headers["idempotency-key"] ?? inBody ?? randomUUID();
  if (typeof given === "string" && REQUEST_ID.test(given)) return given;
  throw refuseRequest("SERVE_REQUEST_INVALID", "The request id is not usable.", {
    hint: "Use 1 to 100 letters, digits and . : = + @ _ -, such as a UUID.",
    param: "request_id",
  });
}

function readBudget({ headers }: IncomingMessage): number | null {
  const given = headers["x-whetstone-budget-ms"];
  if (given === undefined) return null;
  const budget = Number(given);
  if (Number.isInteger(budget) && budget >= 1 && budget <= LONGEST_WAIT_MS) return budget;
  throw refuseRequest("SERVE_REQUEST_INVALID", "X-Whetstone-Budget-Ms is not usable.", {
    hint: `Use a whole number of milliseconds from 1 to ${LONGEST_WAIT_MS}.`,
  });
}

function listModels({ name }: EndpointOptions): object {
  return {
    object: "list",
    data: [{ id: name, object: "model", created: 0, owned_by: "whetstone" }],
  };
}

function unauthorized(): WhetstoneError {
  return refuseRequest("SERVE_UNAUTHORIZED", "The token is missing or wrong.", {
    hint: "Send Authorization: Bearer TOKEN.",
  });
}

function tooMany(seconds: number): WhetstoneError {
  return refuseRequest("SERVE_RATE_LIMITED", "There are too many requests.", {
    hint: `Wait ${seconds} s.`,
    retryAfter: seconds,
  });
}

function timedOut(cause: unknown): WhetstoneError {
  return refuseRequest("SERVE_TIMED_OUT", "There is no answer after ten minutes.", {
    hint: "The request goes on: ask again with the same request id.",
    cause,
  });
}

function stopping(): WhetstoneError {
  return refuseRequest("SERVE_UNAVAILABLE", "The endpoint stops.", {
    hint: "The request goes on: ask again with the same request id.",
  });
}
