import { oneLine } from "../domain/text/one-line.js";
import { Agent } from "undici";
import { createJsonFetch } from "../engine-client/http.js";

/**
 * Connections to chat servers. An answer may take minutes, so there is no timeout here: the
 * activity's timeout ends a request.
 */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } });

/** `fetch` over these connections. */
export const samplerFetch = createJsonFetch(agent);

/**
 * `samplerFetch` for the openai package, which discards error bodies that are not OpenAI-shaped:
 * FastAPI's `{"detail"}` and plain text are converted to that shape.
 */
export const openaiFetch = (async (input: string, init: RequestInit | undefined) => {
  const response = await samplerFetch(input, init);
  if (response.ok) return response;
  const text = await response.text();
  const body = parseRecord(text);
  const shaped = isRecord(body?.["error"]) ? text : JSON.stringify({ error: readErrorBody(text) });
  const headers = new Headers();
  response.headers.forEach((value, name) => {
    if (!/^content-(length|encoding)$/i.test(name)) headers.set(name, value);
  });
  headers.set("content-type", "application/json");
  return new Response(shaped, { status: response.status, headers });
}) as unknown as typeof fetch;

/**
 * How long a server asks the client to wait, in milliseconds: `retry-after-ms`, or `Retry-After` as
 * seconds or as a date. Null if absent. Capped at one hour, because a longer wait is a server
 * error.
 */
export function readRetryAfter(headers: Headers, now = Date.now()): number | null {
  const exact = headers.get("retry-after-ms");
  const value = headers.get("retry-after");
  const asked =
    exact !== null && exact.trim() !== ""
      ? Number(exact)
      : value === null || value.trim() === ""
        ? Number.NaN
        : Number.isFinite(Number(value))
          ? Number(value) * 1000
          : Date.parse(value) - now;
  return Number.isFinite(asked) ? Math.min(3_600_000, Math.max(0, Math.round(asked))) : null;
}

/**
 * Of an OpenAI-shaped or vLLM-shaped body: `error.code` and `error.type`, joined, and the message.
 */
export function readErrorBody(text: string): { code: string; message: string } {
  const fallback = { code: "", message: oneLine(text).slice(0, 300) };
  const body = parseRecord(text);
  const own = isRecord(body?.["error"]) ? body["error"] : (body ?? {});
  const words = [own["code"], own["type"]].filter((word) => typeof word === "string");
  const message = own["message"] ?? own["detail"];
  return {
    code: words.join(" "),
    message: typeof message === "string" ? message.slice(0, 300) : fallback.message,
  };
}

function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a parsed JSON value is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
