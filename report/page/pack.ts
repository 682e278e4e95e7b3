import { deflateRawSync } from "node:zlib";

/**
 * A value as compressed, base64-coded JSON: about a sixth of the size and free of characters that
 * are special in HTML. Unlike gzip, the format stores no timestamp or file name.
 */
export function pack(value: unknown): string {
  return deflateRawSync(Buffer.from(JSON.stringify(value), "utf8"), { level: 9 }).toString(
    "base64",
  );
}
