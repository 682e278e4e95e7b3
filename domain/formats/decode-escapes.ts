import { parseJson } from "../json/scan.js";

const ESCAPE = /\\u[\da-fA-F]{4}|\\[^]|[^]/g;

/** A text without escapes, and where each of its UTF-16 units stood; one place more says where it ended. */
export interface DecodedText {
  readonly text: string;
  readonly places: readonly number[];
}

/** Decodes the escapes of a JSON text's content, `[start, end)` of `source`; keeps what is no escape as it is. */
export function decodeEscapes(
  source: string,
  { start, end }: { readonly start: number; readonly end: number },
): DecodedText {
  let text = "";
  const places: number[] = [];
  for (const { 0: written, index } of source.slice(start, end).matchAll(ESCAPE)) {
    const decoded = written.length === 1 ? written : parseJson(`"${written}"`)?.value;
    text += typeof decoded === "string" ? decoded : written;
    while (places.length < text.length) places.push(start + index);
  }
  return { text, places: [...places, end] };
}
