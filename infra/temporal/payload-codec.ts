import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Payload, PayloadCodec } from "@temporalio/common";
import { temporal } from "@temporalio/proto";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { PayloadKey } from "./payload-keys.js";

const PayloadMessage = temporal.api.common.v1.Payload;

const ENCODING = "binary/encrypted";
const KEY_ID_FIELD = "encryption-key-id";
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts what Temporal stores with the first key, and decrypts with any of them (AES-256-GCM). A payload's data is
 * nonce, tag and ciphertext of the whole payload; its metadata names the key. Without keys, payloads pass as they are.
 * `decode` throws `PAYLOAD_KEY_MISSING` for a payload of another key, `PAYLOAD_DAMAGED` for one that was changed.
 */
export function createPayloadCodec(keys: readonly PayloadKey[]): PayloadCodec {
  const [own] = keys;
  return {
    encode: (payloads) =>
      Promise.resolve(own === undefined ? payloads : payloads.map((each) => encrypt(each, own))),
    decode: async (payloads) => {
      await Promise.resolve();
      return payloads.map((payload) => (isEncrypted(payload) ? decrypt(payload, keys) : payload));
    },
  };
}

function encrypt(payload: Payload, { id, secret }: PayloadKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(Buffer.from(id));
  const text = Buffer.concat([
    cipher.update(PayloadMessage.encode(payload).finish()),
    cipher.final(),
  ]);
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_ID_FIELD]: Buffer.from(id) },
    data: Buffer.concat([nonce, cipher.getAuthTag(), text]),
  };
}

function decrypt({ metadata, data }: Payload, keys: readonly PayloadKey[]): Payload {
  const id = readText(metadata?.[KEY_ID_FIELD]);
  const key = keys.find((each) => each.id === id);
  if (key === undefined) {
    throw new WhetstoneError(
      `A payload in Temporal is encrypted with the key ${JSON.stringify(id)}, which is not set here.`,
      {
        code: "PAYLOAD_KEY_MISSING",
        hint: "set WHETSTONE_PAYLOAD_KEYS as it is where the sweep was started, and start workers and command again",
      },
    );
  }
  const bytes = Buffer.from(data ?? []);
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(id))
      .setAuthTag(tag);
    const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return PayloadMessage.decode(Buffer.concat([decipher.update(text), decipher.final()]));
  } catch (cause) {
    throw new WhetstoneError(
      `A payload in Temporal cannot be decrypted with the key ${JSON.stringify(id)}.`,
      {
        code: "PAYLOAD_DAMAGED",
        hint: `the key ${JSON.stringify(id)} is another one than where the sweep was started, or the payload was changed`,
        cause,
      },
    );
  }
}

function isEncrypted({ metadata }: Payload): boolean {
  return readText(metadata?.["encoding"]) === ENCODING;
}

function readText(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString("utf8");
}
