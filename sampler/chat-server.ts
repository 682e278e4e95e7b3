import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import type { CallOptions, ChatAnswer, ChatCall, ChatUsage } from "./chat.js";
import { answerSeed } from "./chat.js";
import type { ResponseFormat } from "../engine-client/protocol.js";
import {
  samplerAdapterLost,
  samplerAdaptersUnsupported,
  samplerAnswerInvalid,
  samplerFormatIgnored,
  samplerKeyMissing,
  samplerModelMissing,
  samplerUnreachable,
  samplerWrongModel,
  toSamplerError,
} from "./errors.js";
import { isRecord, openaiFetch, readErrorBody, readRetryAfter, samplerFetch } from "./http.js";
import { readChatAnswer } from "./read-answer.js";

const TRIAL_WORD = "zwqx";

/** A trial format that allows a single answer, which no model would give unconstrained. */
const trialFormat: ResponseFormat = {
  type: "json_schema",
  json_schema: {
    name: "trial",
    schema: {
      type: "object",
      properties: { word: { type: "string", enum: [TRIAL_WORD] } },
      required: ["word"],
      additionalProperties: false,
    },
  },
};

/** The server's URL and the model to request. */
export interface ChatServerOptions {
  /** OpenAI-compatible root, usually ending in `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Name of the environment variable that holds the key; omit it if the server needs none. */
  readonly apiKeyEnv?: string;
  /** Environment for looking up the variable; default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Client of any OpenAI-compatible server, for G and I or for a teacher. Sends every request once,
 * because Temporal retries. Throws `WhetstoneError`s with SAMPLER_ codes (a retryable one has
 * `details.retryAfterMs` if the server named a wait), and the signal's reason if a request was
 * aborted.
 */
export class ChatServer {
  readonly baseUrl: string;
  readonly model: string;
  readonly #apiKeyEnv: string | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #client: OpenAI | undefined;
  /** Learned from refusals: newer OpenAI models accept only max_completion_tokens. */
  #tokenLimit: "max_tokens" | "max_completion_tokens";
  #refusesUnknownNames = false;
  /**
   * One trial per server, shared by all requests; undefined before the first constrained request.
   */
  #keepsFormat: Promise<void> | undefined;

  constructor(options: ChatServerOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.model = options.model;
    this.#apiKeyEnv = options.apiKeyEnv;
    this.#env = options.env ?? process.env;
    this.#tokenLimit = /^(gpt-5|o\d)/.test(options.model) ? "max_completion_tokens" : "max_tokens";
  }

  /**
   * Requests `n` answers. If a server returns one answer per request or refuses `n`, the rest are
   * requested one by one, with seeds from `answerSeed`. The responding model is checked: an
   * adapter's name must come back as sent. Before the first constrained request, a trial checks
   * that the server enforces `response_format`: some accept it and return free text.
   */
  async chat(call: ChatCall, options: CallOptions = {}): Promise<ChatAnswer> {
    if (call.response_format) await this.#checkFormatIsKept(options);
    const wanted = call.n ?? 1;
    const parts: ChatAnswer[] = [];
    let count = 0;
    let alone = wanted === 1;
    while (count < wanted) {
      try {
        const part = await this.#ask(
          call,
          alone ? 1 : wanted,
          answerSeed(call.seed, count),
          options,
        );
        parts.push(part);
        count += part.texts.length;
      } catch (error) {
        if (alone || !refusesSeveral(error)) throw error;
      }
      alone = true;
    }
    return joinAnswers(parts, wanted);
  }

  /** Throws if the server is unreachable, rejects the key or does not list the model. */
  async check(options: CallOptions = {}): Promise<void> {
    const available = await this.#listOrAsk(options);
    if (available.length > 0 && !available.includes(this.model)) {
      throw samplerModelMissing(this.baseUrl, this.model, "it does not list it", available);
    }
  }

  /**
   * Some servers have no model list or fail to return it. Then a request for one token shows
   * whether the model exists.
   */
  async #listOrAsk(options: CallOptions): Promise<string[]> {
    try {
      return await this.listModels(options);
    } catch (error) {
      if (!["SAMPLER_FAILED", "SAMPLER_MODEL_MISSING"].some((code) => hasCode(error, code))) {
        throw error;
      }
      const messages = [{ role: "user", content: "Hello." }] as const;
      await this.#ask({ messages, max_tokens: 1, seed: 0 }, 1, 0, options);
      return [];
    }
  }

  /** Names that the server lists: its models and the adapters currently loaded. */
  async listModels(options: CallOptions = {}): Promise<string[]> {
    const text = await this.#send("GET", "/models", undefined, this.model, false, options);
    const body = parseJson(text);
    const data = isRecord(body) ? body["data"] : undefined;
    if (!Array.isArray(data)) throw samplerAnswerInvalid(this.baseUrl, "no list of models.");
    return data.flatMap((one: unknown) =>
      isRecord(one) && typeof one["id"] === "string" ? [one["id"]] : [],
    );
  }

  /**
   * Loads a PEFT directory under a name (vLLM's route; loading an existing name replaces its
   * weights). The server must see the same path. Then verifies that the server
   * lists the name and rejects names that it has not loaded, so that the base model never answers in
   * place of an adapter.
   */
  async loadAdapter(name: string, directory: string, options: CallOptions = {}): Promise<void> {
    await this.#checkUnknownNameFails(options);
    await this.unloadAdapter(name, options);
    const body = { lora_name: name, lora_path: directory };
    await this.#send("POST", "/load_lora_adapter", body, name, true, options);
    const listed = await this.listModels(options);
    if (!listed.includes(name)) {
      throw samplerAdapterLost(this.baseUrl, name, "it was loaded, but is not listed");
    }
  }

  /** Drops an adapter; no error if it does not exist. */
  async unloadAdapter(name: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.#send("POST", "/unload_lora_adapter", { lora_name: name }, name, true, options);
    } catch (error) {
      if (!hasCode(error, "SAMPLER_ADAPTER_LOST")) throw error;
      // A server without the route also returns 404; then nothing can be loaded either.
    }
  }

  /**
   * Runs the trial once; a trial that fails for another reason (an unreachable server, an abort) is
   * repeated.
   */
  #checkFormatIsKept(options: CallOptions): Promise<void> {
    const trial = (this.#keepsFormat ??= this.#tryFormat(options));
    return trial.catch((error: unknown) => {
      if (!hasCode(error, "SAMPLER_FORMAT_IGNORED")) this.#keepsFormat = undefined;
      throw error;
    });
  }

  async #tryFormat(options: CallOptions): Promise<void> {
    const messages = [{ role: "user", content: "Say hello." }] as const;
    const call = { messages, max_tokens: 64, seed: 0, response_format: trialFormat };
    const { texts, finishReasons } = await this.#ask(call, 1, 0, options);
    // Truncated, or a reasoning model that used up its tokens: the trial is inconclusive.
    if (finishReasons[0] === "length") return;
    const answer = parseJson(texts[0] ?? "");
    if (!isRecord(answer) || answer["word"] !== TRIAL_WORD) {
      throw samplerFormatIgnored(this.baseUrl, (texts[0] ?? "").slice(0, 60));
    }
  }

  /** Checks once per server that it rejects an unknown name instead of answering with the base model. */
  async #checkUnknownNameFails(options: CallOptions): Promise<void> {
    if (this.#refusesUnknownNames) return;
    const adapter = `not-loaded-${Math.random().toString(36).slice(2)}`;
    const messages = [{ role: "user", content: "Hello." }] as const;
    try {
      const answer = await this.#ask({ messages, max_tokens: 1, seed: 0, adapter }, 1, 0, options);
      throw samplerWrongModel(this.baseUrl, adapter, answer.model || "another model");
    } catch (error) {
      // vLLM and the engine return 404; transformers returns 400 and names the model.
      const named = error instanceof Error && error.message.includes(adapter);
      const refused = hasCode(error, "SAMPLER_REQUEST_REFUSED") && named;
      if (!hasCode(error, "SAMPLER_ADAPTER_LOST") && !refused) throw error;
      this.#refusesUnknownNames = true;
    }
  }

  async #ask(call: ChatCall, n: number, seed: number, options: CallOptions): Promise<ChatAnswer> {
    const { adapter, max_tokens } = call;
    const model = adapter ?? this.model;
    const limit = this.#tokenLimit;
    const body = {
      model,
      messages: call.messages,
      ...(call.tools === undefined ? {} : { tools: call.tools }),
      seed,
      ...(call.temperature === undefined ? {} : { temperature: call.temperature }),
      ...(call.response_format ? { response_format: call.response_format } : {}),
      [limit]: max_tokens,
      ...(n > 1 ? { n } : {}),
      ...(call.continue_final_message === true
        ? { continue_final_message: true, add_generation_prompt: false }
        : {}),
    };
    let data: unknown;
    try {
      data = await this.#openai().chat.completions.create(
        // Extensions (continue_final_message, structural_tag) are not in OpenAI's types.
        body as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming,
        { signal: options.signal ?? null },
      );
    } catch (error) {
      if (error instanceof APIUserAbortError) options.signal?.throwIfAborted();
      if (error instanceof APIConnectionError) throw samplerUnreachable(this.baseUrl, error);
      if (error instanceof APIError && typeof error.status === "number") {
        if (limit === "max_tokens" && /max_completion_tokens/.test(error.message)) {
          this.#tokenLimit = "max_completion_tokens";
          return this.#ask(call, n, seed, options);
        }
        throw this.#refused(error as RefusedRequest, model, adapter !== undefined);
      }
      // A 200 whose body is not JSON.
      if (error instanceof SyntaxError) throw samplerAnswerInvalid(this.baseUrl, "no JSON.");
      throw error;
    }
    const answer = readChatAnswer(this.baseUrl, data, n);
    if (adapter !== undefined && answer.model !== adapter) {
      throw samplerWrongModel(this.baseUrl, adapter, answer.model || "a model without a name");
    }
    return answer;
  }

  /** Created at the first request, so that a missing key is an error of that request. */
  #openai(): OpenAI {
    this.#client ??= new OpenAI({
      baseURL: this.baseUrl,
      apiKey: this.#key() ?? "none",
      maxRetries: 0,
      // Effectively disables the SDK's timeout; the activity's timeout applies.
      timeout: 24 * 60 * 60 * 1000,
      fetch: openaiFetch,
      // Never taken from OPENAI_ORG_ID and similar variables: only the config determines who pays.
      organization: null,
      project: null,
      logLevel: "off",
    });
    return this.#client;
  }

  #key(): string | undefined {
    if (this.#apiKeyEnv === undefined) return undefined;
    const key = this.#env[this.#apiKeyEnv];
    if (key === undefined || key === "") throw samplerKeyMissing(this.baseUrl, this.#apiKeyEnv);
    return key;
  }

  #refused(error: RefusedRequest, model: string, adapter: boolean): Error {
    const { message } = readErrorBody(JSON.stringify({ error: error.error ?? error.message }));
    return toSamplerError({
      baseUrl: this.baseUrl,
      model,
      adapter,
      apiKeyEnv: this.#apiKeyEnv,
      status: error.status,
      code: [error.code, error.type].filter((word) => typeof word === "string").join(" "),
      message: isRecord(error.error) ? message : error.message.slice(0, 300),
      retryAfterMs: error.headers ? readRetryAfter(error.headers) : null,
    });
  }

  async #send(
    method: string,
    path: string,
    body: object | undefined,
    model: string,
    adapter: boolean,
    options: CallOptions,
  ): Promise<string> {
    const key = this.#key();
    let response: Response;
    let text: string;
    try {
      response = await samplerFetch(`${this.baseUrl}${path}`, {
        method,
        headers: {
          ...(body ? { "content-type": "application/json" } : {}),
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
      });
      text = await response.text();
    } catch (error) {
      options.signal?.throwIfAborted();
      throw samplerUnreachable(this.baseUrl, error);
    }
    if (response.ok) return text;
    const { code, message } = readErrorBody(text);
    const { status } = response;
    const loading = path === "/load_lora_adapter";
    if (loading && (status === 405 || (status === 404 && isMissingRoute(message)))) {
      throw samplerAdaptersUnsupported(this.baseUrl, message || String(status));
    }
    if (path === "/unload_lora_adapter" && [400, 405].includes(status)) {
      // Older vLLM versions return 400 if the name is not loaded.
      throw samplerAdapterLost(this.baseUrl, model, message);
    }
    throw toSamplerError({
      ...{ baseUrl: this.baseUrl, model, adapter, apiKeyEnv: this.#apiKeyEnv, code },
      // While loading, a 404 refers to the directory, not to the name.
      status: loading && status === 404 ? 400 : status,
      message: message || response.statusText,
      retryAfterMs: readRetryAfter(response.headers),
    });
  }
}

/** Fields of an error response that the openai package keeps. */
interface RefusedRequest extends Error {
  readonly status: number;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly headers?: Headers;
  /** The body's `error` member. */
  readonly error?: unknown;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Whether a server refused the request because of `n`. */
function refusesSeveral(error: unknown): boolean {
  return hasCode(error, "SAMPLER_REQUEST_REFUSED") && /\bn\b/.test((error as Error).message);
}

/**
 * Whether a 404 comes from the server's fallback for unknown paths rather than from the route
 * itself.
 */
function isMissingRoute(message: string): boolean {
  return /^$|^not found\.?$|no route|cannot post/i.test(message.trim());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function joinAnswers(parts: readonly ChatAnswer[], wanted: number): ChatAnswer {
  const sum = (pick: (usage: ChatUsage) => number): number =>
    parts.reduce((total, { usage }) => total + pick(usage), 0);
  const costs = parts.map(({ usage }) => usage.costUsd);
  const cost = costs.every((one) => one !== undefined)
    ? costs.reduce<number>((total, one) => total + one, 0)
    : undefined;
  return {
    texts: parts.flatMap(({ texts }) => texts).slice(0, wanted),
    finishReasons: parts.flatMap(({ finishReasons }) => finishReasons).slice(0, wanted),
    usage: {
      promptTokens: sum(({ promptTokens }) => promptTokens),
      completionTokens: sum(({ completionTokens }) => completionTokens),
      ...(cost === undefined ? {} : { costUsd: cost }),
    },
    model: parts[0]?.model ?? "",
  };
}
