import { cutText } from "../../domain/text/cut-text.js";

/** Temporal refuses payloads over 2 MiB; half of that leaves room for the rest of a unit's trace. */
const MAX_BYTES = 1024 * 1024;

/**
 * Texts that fit a Temporal payload together: as they are up to 1 MiB of JSON, else each cut to its
 * share. No limit of tokens reaches that far; servers that heed none do.
 */
export function boundTexts(texts: readonly string[]): readonly string[] {
  if (jsonBytes(texts) <= MAX_BYTES) return texts;
  const share = Math.floor(MAX_BYTES / texts.length);
  return texts.map((text) => {
    let cut = cutText(text, share);
    // JSON writes a character in up to six bytes.
    while (jsonBytes(cut) > share) {
      cut = cutText(cut, Math.floor((cut.length * share) / (jsonBytes(cut) + 1)));
    }
    return cut;
  });
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
