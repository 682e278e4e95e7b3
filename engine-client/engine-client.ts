import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { dtypeDiffers } from "../domain/errors/dtype-differs.js";
import type { ErrorAnswer, FailedRequest } from "./errors.js";
import { engineUnreachable, toEngineError, wrongModel } from "./errors.js";
import type { RequestOptions } from "./http.js";
import {
  DEVICE_HEADER,
  DTYPE_HEADER,
  engineFetch,
  FINGERPRINT_HEADER,
  VERSION_HEADER,
} from "./http.js";
import type {
  AdapterRequest,
  AdapterResponse,
  ChatRequest,
  ChatResponse,
  ModelList,
  ScoreRequest,
  ScoreResponse,
  StretchRequest,
  StretchResponse,
} from "./protocol.js";

/** TTL in seconds of an unused loaded adapter; it is loaded again when needed. */
const LOADED_SECONDS = 900;

/** The engine's URL and credentials. */
export interface EngineClientOptions {
  /** Without the trailing `/v1`. */
  readonly baseUrl: string;
  /** Bearer token; default: WHETSTONE_ENGINE_TOKEN. Never part of a message. */
  readonly token?: string;
}

/** A chat request and its target. */
export interface ChatCall extends ChatRequest {
  /** True if `model` is an adapter; a missing adapter is reported as `ENGINE_ADAPTER_LOST`. */
  readonly adapter?: boolean;
}

/**
 * HTTP client of the engine. Sends every request once, because Temporal retries. Throws
 * `WhetstoneError`s with ENGINE_ codes, and the signal's reason if a request was aborted.
 */
export class EngineClient {
  readonly baseUrl: string;
  readonly #token: string | undefined;
  readonly #openai: OpenAI;
  #baseModel: string | undefined;
  #version: string | undefined;
  #device: string | undefined;

  constructor(options: EngineClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#token = options.token ?? process.env["WHETSTONE_ENGINE_TOKEN"];
    this.#openai = new OpenAI({
      baseURL: `${this.baseUrl}/v1`,
      apiKey: this.#token ?? "none",
      maxRetries: 0,
      // Effectively disables the SDK's timeout; the activity's timeout applies.
      timeout: 24 * 60 * 60 * 1000,
      fetch: engineFetch,
    });
  }

  /** Whether the engine has loaded its model. Never throws. */
  async isReady(signal?: AbortSignal): Promise<boolean> {
    try {
      const timeout = AbortSignal.timeout(3_000);
      const response = await engineFetch(`${this.baseUrl}/ready`, {
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      await response.text();
      if (response.ok) this.#device = response.headers.get(DEVICE_HEADER) ?? undefined;
      return response.ok;
    } catch {
      return false;
    }
  }

  /** Device of the engine that was ready last: `cpu`, or the name of its GPU; undefined if it names none. */
  get device(): string | undefined {
    return this.#device;
  }

  /**
   * Version of the engine that responded last; undefined before the first response, and for other
   * servers.
   */
  get version(): string | undefined {
    return this.#version;
  }

  /** Lists the base model and the live adapters. */
  async listModels(options: RequestOptions = {}): Promise<ModelList> {
    return this.#send<ModelList>("GET", "/v1/models", undefined, {}, options);
  }

  /** Id of the base model, requested once per client and again after the engine was lost. */
  async baseModel(options: RequestOptions = {}): Promise<string> {
    if (this.#baseModel === undefined) {
      const { data } = await this.listModels(options);
      const base = data.find(({ kind }) => kind === "base");
      if (!base) throw wrongModel(this.baseUrl, options.expectedFingerprint ?? "", "");
      this.#baseModel = base.id;
    }
    return this.#baseModel;
  }

  /** H: log-likelihoods of candidate names. */
  async score(request: ScoreRequest, options: RequestOptions = {}): Promise<ScoreResponse> {
    return this.#send("POST", "/v1/score", request, { model: request.model }, options);
  }

  /**
   * T: trains an adapter and keeps it live; a repeated request with the same id and body returns
   * the live one.
   */
  async trainAdapter(
    request: AdapterRequest,
    options: RequestOptions = {},
  ): Promise<AdapterResponse> {
    return this.#send("POST", "/v1/adapters", request, {}, options);
  }

  /** Trains one segment of a long training; a repeated request is answered from the saved state. */
  async trainStretch(
    request: StretchRequest,
    options: RequestOptions = {},
  ): Promise<StretchResponse> {
    return this.#send("POST", "/v1/stretches", request, {}, options);
  }

  /** Number of saved steps of a long training; 0 if there are none. */
  async findStretch(
    directory: string,
    options: RequestOptions = {},
  ): Promise<{ readonly lastStep: number }> {
    const path = `/v1/stretches/${encodeURIComponent(directory)}`;
    return this.#send("GET", path, undefined, {}, options);
  }

  /** Makes an adapter from the engine's artifact folder live; no effect if it is live already. */
  async loadAdapter(id: string, directory: string, options: RequestOptions = {}): Promise<void> {
    const path = `/v1/adapters/${encodeURIComponent(id)}`;
    await this.#send("PUT", path, { directory, ttlSeconds: LOADED_SECONDS }, {}, options);
  }

  /** Drops an adapter; no error if it does not exist. */
  async deleteAdapter(id: string, options: RequestOptions = {}): Promise<void> {
    const path = `/v1/adapters/${encodeURIComponent(id)}`;
    try {
      await this.#send("DELETE", path, undefined, { model: id, adapter: true }, options);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENGINE_ADAPTER_LOST")) {
        throw error;
      }
    }
  }

  /** A live adapter as the uncompressed tar of a PEFT directory; only for adapters of scope "all". */
  async adapterWeights(id: string, options: RequestOptions = {}): Promise<Uint8Array> {
    const path = `/v1/adapters/${encodeURIComponent(id)}/weights`;
    return this.#send("GET", path, undefined, { model: id, adapter: true }, options, asBytes);
  }

  /** G and I: OpenAI chat completions. */
  async chat(call: ChatCall, options: RequestOptions = {}): Promise<ChatResponse> {
    const { adapter = false, ...request } = call;
    const failed: FailedRequest = { baseUrl: this.baseUrl, model: request.model, adapter };
    try {
      const { data, response } = await this.#openai.chat.completions
        .create(
          // The engine's extensions (structural_tag, continue_final_message) are not in OpenAI's types.
          request as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming,
          { signal: options.signal ?? null },
        )
        .withResponse();
      this.#checkEngine(response.headers, options);
      return data as unknown as ChatResponse;
    } catch (error) {
      if (error instanceof APIUserAbortError) options.signal?.throwIfAborted();
      if (error instanceof APIConnectionError) throw this.#lost(failed, error);
      if (error instanceof APIError && typeof error.status === "number") {
        throw this.#answered(failed, readApiError(error as ApiError));
      }
      throw error;
    }
  }

  async #send<Answer>(
    method: string,
    path: string,
    body: object | undefined,
    about: Omit<FailedRequest, "baseUrl">,
    options: RequestOptions,
    read: (body: ArrayBuffer) => unknown = asJson,
  ): Promise<Answer> {
    const failed: FailedRequest = { baseUrl: this.baseUrl, ...about };
    let response: Response;
    let content: ArrayBuffer;
    try {
      response = await engineFetch(`${this.baseUrl}${path}`, {
        method,
        headers: {
          ...(body ? { "content-type": "application/json" } : {}),
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
      });
      content = await response.arrayBuffer();
    } catch (error) {
      options.signal?.throwIfAborted();
      throw this.#lost(failed, error);
    }
    if (!response.ok) {
      throw this.#answered(failed, readErrorAnswer(response, asText(content)));
    }
    this.#checkEngine(response.headers, options);
    return read(content) as Answer;
  }

  #lost(failed: FailedRequest, error: unknown): Error {
    // A different engine may come up at this address.
    this.#baseModel = undefined;
    return engineUnreachable(failed, error);
  }

  #answered(failed: FailedRequest, answer: ErrorAnswer): Error {
    const error = toEngineError(failed, answer);
    if (error.code === "ENGINE_WRONG_MODEL") this.#baseModel = undefined;
    return error;
  }

  #checkEngine(headers: Headers, options: RequestOptions): void {
    this.#version = headers.get(VERSION_HEADER) ?? undefined;
    const expected = options.expectedFingerprint;
    const actual = headers.get(FINGERPRINT_HEADER);
    if (expected !== undefined && actual !== expected) {
      this.#baseModel = undefined;
      throw wrongModel(this.baseUrl, expected, actual ?? "");
    }
    const { expectedDtype } = options;
    const dtype = headers.get(DTYPE_HEADER) ?? "";
    if (expectedDtype !== undefined && dtype !== expectedDtype) {
      throw dtypeDiffers(this.baseUrl, expectedDtype, dtype);
    }
  }
}

function asText(body: ArrayBuffer): string {
  return new TextDecoder().decode(body);
}

function asJson(body: ArrayBuffer): unknown {
  return body.byteLength === 0 ? undefined : JSON.parse(asText(body));
}

function asBytes(body: ArrayBuffer): Uint8Array {
  return new Uint8Array(body);
}

function readErrorAnswer(response: Response, text: string): ErrorAnswer {
  const parsed = parseErrorBody(text);
  return {
    status: response.status,
    code: parsed.code,
    message: parsed.message || text.slice(0, 300) || response.statusText,
    retryAfterMs: readRetryAfter(response.headers),
  };
}

/** Fields of an error response that the openai package keeps. */
interface ApiError extends Error {
  readonly status: number;
  readonly code?: unknown;
  readonly headers?: Headers;
  /** The body's `error` member. */
  readonly error?: { readonly message?: unknown };
}

function readApiError(error: ApiError): ErrorAnswer {
  const { headers, error: body } = error;
  return {
    status: error.status,
    code: typeof error.code === "string" ? error.code : "",
    message: typeof body?.message === "string" ? body.message : error.message.slice(0, 300),
    retryAfterMs: headers ? readRetryAfter(headers) : null,
  };
}

function parseErrorBody(text: string): { code: string; message: string } {
  try {
    const body = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } } | null;
    const { code, message } = body?.error ?? {};
    return {
      code: typeof code === "string" ? code : "",
      message: typeof message === "string" ? message : "",
    };
  } catch {
    return { code: "", message: "" };
  }
}

/** Retry-After in milliseconds. Fractional seconds are accepted; engines send no dates. */
function readRetryAfter(headers: Headers): number | null {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
}
