import { canonicalJson } from "../json/canonical.js";
import { sha256Hex } from "./hash.js";
import type { Message, Tool } from "../samples/sample.js";

/**
 * Content hash of one sample: SHA-256 over its conversation and its tools in their given order.
 * Gold is excluded, because a corrected gold must not change a key, a seed or a prompt.
 */
export function sampleContentHash(content: {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
}): string {
  const { messages, tools } = content;
  return sha256Hex(canonicalJson({ messages, tools }));
}
