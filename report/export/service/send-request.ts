import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { request as send } from "undici";
import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { oneLine } from "../../../domain/text/one-line.js";
import { shortenText } from "../../../domain/text/cut-text.js";
import { hideUrlSecrets } from "./address.js";

/** One HTTP request to a service. */
interface ServiceRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  /** May hold secrets: no error quotes them. */
  readonly headers: Readonly<Record<string, string>>;
  /** A text, or a file, which is read while it is sent. */
  readonly body?: string | { readonly file: string };
  readonly timeoutMs: number;
}

/** A service's answer. */
interface ServiceResponse {
  readonly status: number;
  readonly text: string;
}

/** Seconds between two attempts; a server's `Retry-After` counts instead, up to the longest wait. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000];
const LONGEST_WAIT_MS = 30_000;

/** Overload and passing failures. */
const RETRYABLE = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends one request, again after passing failures, and returns the answer of a successful one. An answer whose status
 * is in `expected` is returned, too. Throws `EXPORT_SERVICE_REFUSED`, `EXPORT_SERVICE_UNREACHABLE`; both quote the
 * start of the answer, and neither a header nor a part of the address that can hold a secret.
 */
export async function sendRequest(
  request: ServiceRequest,
  expected: readonly number[] = [],
): Promise<ServiceResponse> {
  for (let attempt = 0; ; attempt += 1) {
    const pause = PAUSES_MS[attempt];
    const outcome = await attemptRequest(request);
    if ("problem" in outcome) {
      if (pause === undefined) throw unreachable(request, outcome.problem);
      await sleep(pause);
      continue;
    }
    const { status, text, retryAfterMs } = outcome;
    if ((status >= 200 && status < 300) || expected.includes(status)) return { status, text };
    const said = describeAnswer(status, text, request.headers);
    if (!RETRYABLE.has(status)) throw refused(request, said);
    if (pause === undefined) throw unreachable(request, said);
    await sleep(Math.min(retryAfterMs ?? pause, LONGEST_WAIT_MS));
  }
}

interface Answer extends ServiceResponse {
  readonly retryAfterMs: number | null;
}

async function attemptRequest(request: ServiceRequest): Promise<Answer | { problem: string }> {
  const { method, url, headers, body, timeoutMs } = request;
  try {
    // Unlike fetch, it follows no redirect, which would take the headers elsewhere, and sends a file with its length.
    const response = await send(url, {
      method,
      ...(await openBody(body, headers)),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const seconds = Number(response.headers["retry-after"] ?? NaN);
    return {
      status: response.statusCode,
      text: await response.body.text(),
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
    };
  } catch (error) {
    return { problem: describeFailure(error, timeoutMs) };
  }
}

function describeFailure(error: unknown, timeoutMs: number): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (/TimeoutError$/.test(name)) return `no answer within ${timeoutMs / 1_000} s`;
  return message === "" ? (code ?? name) : message;
}

async function openBody(
  body: ServiceRequest["body"],
  headers: Readonly<Record<string, string>>,
): Promise<{ headers: Record<string, string>; body?: string | Readable }> {
  if (body === undefined) return { headers: { ...headers } };
  if (typeof body === "string") return { headers: { ...headers }, body };
  const { size } = await stat(body.file);
  return {
    headers: { ...headers, "content-length": String(size) },
    body: createReadStream(body.file),
  };
}

function describeAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): string {
  const secrets = Object.entries(headers)
    .filter(([name, value]) => name !== "content-type" && value !== "")
    .flatMap(([, value]) => [value, value.replace(/^\w+ (?=.)/, "")]);
  const plain = secrets.reduce((said, secret) => said.replaceAll(secret, "***"), text);
  const said = shortenText(oneLine(plain), 300);
  return said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
}

function refused({ url }: ServiceRequest, said: string): WhetstoneError {
  return new WhetstoneError(`${hideUrlSecrets(url)} refused the results: ${said}`, {
    code: "EXPORT_SERVICE_REFUSED",
    hint: "check the address and the token, then run the same command again",
  });
}

function unreachable({ url }: ServiceRequest, problem: string): WhetstoneError {
  return new WhetstoneError(
    `${hideUrlSecrets(url)} could not be reached in ${PAUSES_MS.length + 1} attempts: ${problem}`,
    {
      code: "EXPORT_SERVICE_UNREACHABLE",
      hint: "check that the server runs and that the address is right, then run the same command again",
      retryable: true,
    },
  );
}
