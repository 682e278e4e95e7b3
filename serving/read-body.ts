import type { IncomingMessage } from "node:http";
import { refuseRequest } from "./request-error.js";

/** Largest body, bytes. */
const MAX_BYTES = 1_000_000;

/**
 * Reads the body of a JSON request as text. Throws `SERVE_TYPE_UNSUPPORTED`: a website can send other types without
 * asking first. Throws `SERVE_BODY_TOO_LARGE` as soon as there is more than a megabyte, and `SERVE_REQUEST_INVALID` for
 * what is not UTF-8.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw refuseRequest("SERVE_TYPE_UNSUPPORTED", "The body's type is not JSON.", {
      hint: "Send Content-Type: application/json.",
    });
  }
  const parts: Buffer[] = [];
  let size = 0;
  // The response to a refused body goes over the same connection.
  const stream = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const part of stream) {
    size += part.length;
    if (size > MAX_BYTES) {
      throw refuseRequest("SERVE_BODY_TOO_LARGE", "The body has more than 1 MB.", {
        hint: "Send fewer or shorter messages and tools.",
      });
    }
    parts.push(part);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts));
  } catch (cause) {
    throw refuseRequest("SERVE_REQUEST_INVALID", "The body is not UTF-8.", { hint: "", cause });
  }
}
