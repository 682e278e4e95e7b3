import { canonicalJson } from "../json/canonical.js";
import { sha256Hex } from "./hash.js";

/**
 * Computes the key of a step's value: SHA-256 over the step's kind and everything that determines it
 * (model fingerprint, prompt hash, sample content, parameters, seed). Equal keys mean equal
 * computations, so the value stored under a key can be reused.
 */
export function stepKey(kind: string, fields: Readonly<Record<string, unknown>>): string {
  return sha256Hex(canonicalJson({ kind, fields }));
}
