import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { ServerSpec } from "../../domain/config/variant.js";
import type { EngineClient } from "../../engine-client/engine-client.js";
import type { RequestOptions } from "../../engine-client/http.js";
import type { ChatAnswer, ChatCall } from "../../sampler/chat.js";
import { ChatServer } from "../../sampler/chat-server.js";

/** The generated texts. */
interface WrittenText extends Omit<ChatAnswer, "model"> {
  /** Version of the engine, if a Whetstone engine generated. */
  readonly engineVersion?: string;
}

/** Generates texts (G and I): the engine, at temperature 1 unless the call sets one, or another server. */
export type TextSource = (call: ChatCall, options: RequestOptions) => Promise<WrittenText>;

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

  readonly #fromEngine: TextSource = async ({ adapter, temperature = 1, ...call }, options) => {
    const model = adapter ?? (await this.#engine.baseModel(options));
    const request = { ...call, model, adapter: adapter !== undefined, temperature };
    const answer = await this.#engine.chat(request, options);
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
    return async (call, { signal }) => {
      const { texts, finishReasons, usage } = await server.chat(call, signal ? { signal } : {});
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
