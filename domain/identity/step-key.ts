import { canonicalJson } from "../json/canonical.js";
import { sha256Hex } from "./hash.js";

/**
 * The key of a step's value: SHA-256 over the step's kind and everything that determines the value
 * (model fingerprint, prompt hash, sample content, parameters, seed). Equal keys mean equal
 * computations, so a stored value may be reused under it.
 */
export function stepKey(kind: string, fields: Readonly<Record<string, unknown>>): string {
  return sha256Hex(canonicalJson({ kind, fields }));
}
