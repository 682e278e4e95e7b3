import { readFileSync } from "node:fs";
import process from "node:process";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { SecretPair } from "../secret-pairs.js";
import { splitSecretPairs } from "../secret-pairs.js";

const KEYS_VARIABLE = "WHETSTONE_PAYLOAD_KEYS";
const FILE_VARIABLE = "WHETSTONE_PAYLOAD_KEYS_FILE";

const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** AES-256. */
const KEY_BYTES = 32;

/** A key that encrypts what Temporal stores. */
export interface PayloadKey {
  /** Stored beside what it encrypts; no secret. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/**
 * Reads `id:base64` pairs from WHETSTONE_PAYLOAD_KEYS, or from the file that WHETSTONE_PAYLOAD_KEYS_FILE names. The
 * first key encrypts, all of them decrypt; none: nothing is encrypted. Throws `PAYLOAD_KEYS_INVALID`, which quotes no
 * key.
 */
export function readPayloadKeys(
  environment: NodeJS.ProcessEnv = process.env,
): readonly PayloadKey[] {
  const [source, text] = readSource(environment);
  const pairs = splitSecretPairs(text);
  const keys = pairs.map((pair, index) => toKey(pair, `Key ${index + 1} of ${source}`));
  const twice = keys.find(({ id }, index) => keys.findIndex((key) => key.id === id) !== index);
  if (twice !== undefined) throw invalid(`${source} has two keys with the id ${twice.id}.`);
  return keys;
}

function readSource(environment: NodeJS.ProcessEnv): [name: string, text: string] {
  const text = environment[KEYS_VARIABLE] ?? "";
  const file = environment[FILE_VARIABLE] ?? "";
  if (text !== "" && file !== "") {
    throw invalid(`Both ${KEYS_VARIABLE} and ${FILE_VARIABLE} are set.`);
  }
  if (file === "") return [KEYS_VARIABLE, text];
  try {
    return [FILE_VARIABLE, readFileSync(file, "utf8")];
  } catch (cause) {
    throw invalid(`The file that ${FILE_VARIABLE} names cannot be read: ${file}.`, cause);
  }
}

function toKey({ name: id, secret: text }: SecretPair, what: string): PayloadKey {
  if (!KEY_ID.test(id)) throw invalid(`${what} does not begin with an id and a colon.`);
  const secret = Buffer.from(text, "base64");
  if (secret.length !== KEY_BYTES) {
    throw invalid(`${what} has ${secret.length} bytes instead of ${KEY_BYTES}.`);
  }
  return { id, secret };
}

function invalid(message: string, cause?: unknown): WhetstoneError {
  return new WhetstoneError(message, {
    code: "PAYLOAD_KEYS_INVALID",
    hint: `set ${KEYS_VARIABLE} to an id and a key, for example k1:$(openssl rand -base64 32)`,
    cause,
  });
}
