import { isObject } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";

/**
 * Resolves a `$ref` inside its own root (`#`, `#/$defs/Unit`); undefined if it refers to another
 * document, an anchor, or a missing schema.
 */
export function resolveReference(root: JsonObject, reference: string): JsonValue | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let found: JsonValue | undefined = root;
  for (const part of reference.slice(2).split("/")) {
    found = stepInto(found, decode(part));
    if (found === undefined) return undefined;
  }
  return found;
}

function stepInto(value: JsonValue, key: string): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[])[Number(key)];
  if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
  return value[key];
}

/** Decodes JSON pointer escapes inside a URI fragment. */
function decode(part: string): string {
  let text = part;
  try {
    text = decodeURIComponent(part);
  } catch {
    // A stray percent sign is literal.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}
