import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";

const compress = promisify(deflateRaw);

/** A value as compressed, base64-coded JSON; see `packText`. */
export function pack(value: unknown): Promise<string> {
  return packText(JSON.stringify(value));
}

/**
 * Text, compressed and base64-coded: about a sixth of the size and free of characters that are special in HTML. Unlike
 * gzip, the format stores no timestamp or file name.
 */
export async function packText(text: string): Promise<string> {
  return (await compress(Buffer.from(text, "utf8"), { level: 9 })).toString("base64");
}
