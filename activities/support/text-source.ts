import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Message } from "../../domain/samples/sample.js";
import type { UsageTrace } from "../../domain/units/trace.js";
import type { ServerSpec } from "../../domain/config/variant.js";
import type { EngineClient } from "../../engine-client/engine-client.js";
import type { RequestOptions } from "../../engine-client/http.js";
import type { ResponseFormat } from "../../engine-client/protocol.js";
import { ChatServer } from "../../sampler/chat-server.js";

/** A request to generate texts. */
export interface TextRequest {
  readonly messages: readonly Message[];
  /** If omitted, the server's default, which some models require. */
  readonly temperature?: number;
  readonly max_tokens: number;
  readonly seed: number;
  /** Number of texts, 1 by default. */
  readonly n?: number;
  readonly response_format?: ResponseFormat;
  readonly continue_final_message?: boolean;
  /** The live adapter that must generate; if omitted, the base model. */
  readonly adapterId?: string;
}

/** The generated texts. */
export interface WrittenText {
  readonly texts: readonly string[];
  /** Per text; `length` means that the text was cut off at max_tokens. */
  readonly finishReasons: readonly string[];
  readonly usage: UsageTrace;
  /** Version of the engine, if a Whetstone engine generated. */
  readonly engineVersion?: string;
}

/** Generates texts (G and I): the engine or another server. */
export type TextSource = (request: TextRequest, options: RequestOptions) => Promise<WrittenText>;

/** The text sources of one worker process; clients of servers are created once and kept. */
export class TextSources {
  readonly #engine: EngineClient;
  readonly #servers = new Map<string, ChatServer>();

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  /** Returns the sampler that a sweep names, or the engine. */
  of(sampler: ServerSpec | undefined): TextSource {
    return sampler === undefined ? this.#fromEngine : this.#from(this.server(sampler));
  }

  /** Returns the client of an OpenAI-compatible server. */
  server(spec: ServerSpec): ChatServer {
    const key = JSON.stringify([spec.baseUrl, spec.model, spec.apiKeyEnv]);
    const known = this.#servers.get(key);
    if (known) return known;
    const server = new ChatServer(spec);
    this.#servers.set(key, server);
    return server;
  }

  readonly #fromEngine: TextSource = async ({ adapterId, temperature = 1, ...call }, options) => {
    const model = adapterId ?? (await this.#engine.baseModel(options));
    const adapter = adapterId !== undefined;
    const answer = await this.#engine.chat({ ...call, model, adapter, temperature }, options);
    const { version } = this.#engine;
    return {
      texts: answer.choices.map(({ message }) => message.content),
      finishReasons: answer.choices.map(({ finish_reason }) => finish_reason),
      usage: {
        promptTokens: answer.usage.prompt_tokens,
        completionTokens: answer.usage.completion_tokens,
      },
      ...(version === undefined ? {} : { engineVersion: version }),
    };
  };

  #from(server: ChatServer): TextSource {
    return async ({ adapterId, ...call }, { signal }) => {
      const adapter = adapterId === undefined ? {} : { adapter: adapterId };
      const answer = await server.chat({ ...call, ...adapter }, signal ? { signal } : {});
      const { texts, finishReasons, usage } = answer;
      return { texts, finishReasons, usage };
    };
  }
}

/** Whether an error from the engine or a sampler reports that a live adapter is gone. */
export function isAdapterGone(error: unknown): boolean {
  return (
    error instanceof WhetstoneError &&
    (error.code === "ENGINE_ADAPTER_LOST" || error.code === "SAMPLER_ADAPTER_LOST")
  );
}
