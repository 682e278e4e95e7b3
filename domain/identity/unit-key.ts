import { WhetstoneError } from "../errors/whetstone-error.js";
import { describePattern } from "../text/describe-pattern.js";

/** The parts of a unit key. */
export interface UnitKeyParts {
  readonly sweep: string;
  readonly variant: string;
  /** Seed index. */
  readonly seed: number;
  readonly dataset: string;
  /** `<row>-<hash8>`, see `sampleKey`. */
  readonly sampleKey: string;
}

/**
 * Maximum length of a unit key, which is used as a workflow id (limit 255) with short suffixes.
 */
const UNIT_KEY_MAX_LENGTH = 200;

/** Names of sweeps and variants: lower-case letters, digits, dot, hyphen; must not start with a dot or hyphen. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/** Names of data sets: lower-case letters, digits, hyphen. */
export const DATASET_NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,39}$/;

const SAMPLE_KEY_PATTERN = /^(0|[1-9]\d{0,8})-[0-9a-f]{8}$/;

/**
 * Writes the key of one unit, `<sweep>/<variant>/<seed>/<dataset>/<row>-<hash8>`. Different parts
 * give different keys, because no part can hold a slash. Throws UNIT_KEY_INVALID for a part that is
 * not a legal name, or a key that is too long.
 */
export function unitKey(parts: UnitKeyParts): string {
  requireMatch("sweep name", parts.sweep, NAME_PATTERN);
  requireMatch("variant name", parts.variant, NAME_PATTERN);
  requireMatch("dataset name", parts.dataset, DATASET_NAME_PATTERN);
  requireMatch("sample key", parts.sampleKey, SAMPLE_KEY_PATTERN);
  if (!Number.isSafeInteger(parts.seed) || parts.seed < 0) {
    throw invalid(`seed index ${String(parts.seed)} is not a whole number from 0`);
  }
  const { sweep, variant, seed, dataset } = parts;
  const key = [sweep, variant, String(seed), dataset, parts.sampleKey].join("/");
  if (key.length > UNIT_KEY_MAX_LENGTH) {
    throw invalid(`unit key "${key}" has ${key.length} characters, at most ${UNIT_KEY_MAX_LENGTH}`);
  }
  return key;
}

/**
 * The key of a sample: its zero-based row and the first 8 hex digits of its content hash
 * (`sampleContentHash`). The row distinguishes equal records; the hash shows when a file changed.
 */
export function sampleKey(row: number, contentHash: string): string {
  const key = `${String(row)}-${contentHash.slice(0, 8)}`;
  requireMatch("sample key", key, SAMPLE_KEY_PATTERN);
  return key;
}

function requireMatch(what: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value)) {
    throw invalid(`${what} "${value}" is not allowed. Allowed: ${describePattern(pattern.source)}`);
  }
}

function invalid(message: string): WhetstoneError {
  return new WhetstoneError(message, {
    code: "UNIT_KEY_INVALID",
    hint: "A unit key is <sweep>/<variant>/<seed>/<dataset>/<row>-<hash8>; `npx whetstone samples SWEEP` lists them.",
  });
}
