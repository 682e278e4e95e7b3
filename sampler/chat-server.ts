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

/** Allows one answer, which no model would give of itself. */
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

/** Where the server is and what is asked of it. */
export interface ChatServerOptions {
  /** OpenAI-compatible root, mostly ending in `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Name of the environment variable that holds the key; left out: the server needs none. */
  readonly apiKeyEnv?: string;
  /** Where the variable is looked up; by default the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * G and I, or a teacher, through any OpenAI-compatible server. Sends every request once: retries belong to Temporal.
 * Throws `WhetstoneError`s whose codes begin with SAMPLER_ (a retryable one has `details.retryAfterMs` where a server
 * refused for now), and the signal's reason where a request was aborted.
 */
export class ChatServer {
  readonly baseUrl: string;
  readonly model: string;
  readonly #apiKeyEnv: string | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #client: OpenAI | undefined;
  /** Learnt from refusals: newer OpenAI models know only max_completion_tokens. */
  #tokenLimit: "max_tokens" | "max_completion_tokens";
  #refusesUnknownNames = false;
  /** One trial per server, shared by all requests; undefined before the first constrained one. */
  #keepsFormat: Promise<void> | undefined;

  constructor(options: ChatServerOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.model = options.model;
    this.#apiKeyEnv = options.apiKeyEnv;
    this.#env = options.env ?? process.env;
    this.#tokenLimit = /^(gpt-5|o\d)/.test(options.model) ? "max_completion_tokens" : "max_tokens";
  }

  /**
   * Asks for `n` answers. A server that gives one answer a request is asked again for the rest, with seeds of
   * `answerSeed`; so is one that refuses `n`. The model that answers is checked: an adapter's name must come back as it
   * was sent. Before the first constrained answer a trial shows that the server heeds `response_format` at all: some
   * take it and write free text.
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

  /** Throws where the server is away, refuses the key or lists models without ours. */
  async check(options: CallOptions = {}): Promise<void> {
    const available = await this.#listOrAsk(options);
    if (available.length > 0 && !available.includes(this.model)) {
      throw samplerModelMissing(this.baseUrl, this.model, "it does not list it", available);
    }
  }

  /** Some servers have no list, or fail at it: then one token of the model shows that it is there. */
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

  /** Names that the server lists: its models and the adapters loaded now. */
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
   * Loads a PEFT directory under a name (vLLM's route; a name that is loaded gets the new weights). The server must
   * see the same path. Afterwards the name is known to answer for itself: the server lists it, and refuses names that
   * it has not loaded, so that the base model never answers in an adapter's place.
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

  /** Drops an adapter; one that is gone already is no error. */
  async unloadAdapter(name: string, options: CallOptions = {}): Promise<void> {
    try {
      await this.#send("POST", "/unload_lora_adapter", { lora_name: name }, name, true, options);
    } catch (error) {
      if (!hasCode(error, "SAMPLER_ADAPTER_LOST")) throw error;
      // 404 is also what a server without the route says: then nothing can be loaded either.
    }
  }

  /** Tried once; a trial that fails for another reason (a server away, an abort) is made again. */
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
    // Cut off, or a model that spent its tokens on thinking: nothing is known.
    if (finishReasons[0] === "length") return;
    const answer = parseJson(texts[0] ?? "");
    if (!isRecord(answer) || answer["word"] !== TRIAL_WORD) {
      throw samplerFormatIgnored(this.baseUrl, (texts[0] ?? "").slice(0, 60));
    }
  }

  /** Once per server: a name that nobody loaded must be refused, not answered by the base model. */
  async #checkUnknownNameFails(options: CallOptions): Promise<void> {
    if (this.#refusesUnknownNames) return;
    const adapter = `not-loaded-${Math.random().toString(36).slice(2)}`;
    const messages = [{ role: "user", content: "Hello." }] as const;
    try {
      const answer = await this.#ask({ messages, max_tokens: 1, seed: 0, adapter }, 1, 0, options);
      throw samplerWrongModel(this.baseUrl, adapter, answer.model || "another model");
    } catch (error) {
      // 404 by vLLM and the engine; transformers refuses with 400 and names the model.
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
      // A 200 whose body is no JSON.
      if (error instanceof SyntaxError) throw samplerAnswerInvalid(this.baseUrl, "no JSON.");
      throw error;
    }
    const answer = readChatAnswer(this.baseUrl, data, n);
    if (adapter !== undefined && answer.model !== adapter) {
      throw samplerWrongModel(this.baseUrl, adapter, answer.model || "a model without a name");
    }
    return answer;
  }

  /** Made at the first request, so that a missing key is an error of that request. */
  #openai(): OpenAI {
    this.#client ??= new OpenAI({
      baseURL: this.baseUrl,
      apiKey: this.#key() ?? "none",
      maxRetries: 0,
      // The SDK's own limit; the activity's time limit is the one that counts.
      timeout: 24 * 60 * 60 * 1000,
      fetch: openaiFetch,
      // Never from OPENAI_ORG_ID and the like: a config alone says who pays.
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
      // Older vLLM says 400 where the name is not loaded.
      throw samplerAdapterLost(this.baseUrl, model, message);
    }
    throw toSamplerError({
      ...{ baseUrl: this.baseUrl, model, adapter, apiKeyEnv: this.#apiKeyEnv, code },
      // While loading, a 404 is about the directory, not about the name.
      status: loading && status === 404 ? 400 : status,
      message: message || response.statusText,
      retryAfterMs: readRetryAfter(response.headers),
    });
  }
}

/** What the openai package keeps of an error answer. */
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

/** Whether a 404 is the server's for any unknown path, and not the route's own. */
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
