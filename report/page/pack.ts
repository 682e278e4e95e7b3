import { deflateRawSync } from "node:zlib";

/**
 * A value as compressed, base64-coded JSON: about a sixth of the size, free of any character that
 * means something to HTML, and without a clock or file name in it, unlike gzip.
 */
export function pack(value: unknown): string {
  return deflateRawSync(Buffer.from(JSON.stringify(value), "utf8"), { level: 9 }).toString(
    "base64",
  );
}
