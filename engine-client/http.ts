import type { EngineDtype } from "../domain/config/engine-dtype.js";
import { Agent, fetch as undiciFetch } from "undici";
import { spellExactNumbers } from "../domain/json/exact-number.js";
import { replaceLoneSurrogates } from "../domain/json/well-formed.js";

/**
 * Connections to the engine. A request may wait in the engine's queue behind long trainings, so
 * neither headers nor body have a timeout: the activity's timeout and its cancellation end a
 * request.
 */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 5_000 } });

/**
 * `fetch` over an agent's connections. It sends well-formed JSON, which every parser accepts, with long numbers
 * spelled out: a grammar of their objects would make a model write those.
 */
export function createJsonFetch(dispatcher: Agent): typeof fetch {
  return ((input: string, init: { readonly body?: unknown } | undefined) => {
    const { body } = init ?? {};
    const sent =
      typeof body === "string" ? { body: spellExactNumbers(replaceLoneSurrogates(body)) } : {};
    return undiciFetch(input, { ...(init as object), ...sent, dispatcher });
  }) as unknown as typeof fetch;
}

/** `fetch` over the engine's connections. */
export const engineFetch = createJsonFetch(agent);

/** Options that every request accepts. */
export interface RequestOptions {
  /** Aborting it closes the connection, which frees its slot in the engine's batch. */
  readonly signal?: AbortSignal;
  /** The planned model's fingerprint; a response from another model is refused. */
  readonly expectedFingerprint?: string;
  /** The type of numbers that the sweep is computed in; a response computed in another is refused. Absent: any. */
  readonly expectedDtype?: EngineDtype;
}

/** Header with the fingerprint of the model that responded: SHA-256 over its files. */
export const FINGERPRINT_HEADER = "x-whetstone-model-fingerprint";

/** Header with the engine's version. */
export const VERSION_HEADER = "x-whetstone-engine-version";

/** Header with the type of numbers that the engine computes in. */
export const DTYPE_HEADER = "x-whetstone-engine-dtype";

/** Header with the engine's device: `cpu`, or the name of its GPU. */
export const DEVICE_HEADER = "x-whetstone-engine-device";
