import { Agent, fetch as undiciFetch } from "undici";

/**
 * Connections to the engine. A request may wait in the engine's queue behind long trainings, so neither headers
 * nor body have a time limit here: the activity's own time limit and its cancellation end a request.
 */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 5_000 } });

/** `fetch` over those connections. */
export const engineFetch = ((input: string, init: object | undefined) =>
  undiciFetch(input, { ...init, dispatcher: agent })) as unknown as typeof fetch;

/** What a caller may add to any request. */
export interface RequestOptions {
  /** Aborting it closes the connection, which frees the engine's row. */
  readonly signal?: AbortSignal;
  /** Fingerprint that the plan names; an answer of another model is refused. */
  readonly expectedFingerprint?: string;
}

/** Header that names the model which answered: SHA-256 over its files. */
export const FINGERPRINT_HEADER = "x-whetstone-model-fingerprint";

/** Header that names the version of the engine. */
export const VERSION_HEADER = "x-whetstone-engine-version";
