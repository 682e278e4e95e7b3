import { fileURLToPath } from "node:url";
import type { DataConverter } from "@temporalio/common";
import { createPayloadCodec } from "./payload-codec.js";
import { readPayloadKeys } from "./payload-keys.js";

/**
 * How clients and workers write what Temporal stores: encrypted if WHETSTONE_PAYLOAD_KEYS is set. Without keys, encrypted
 * payloads of others are refused by name instead of read as garbage. Throws `PAYLOAD_KEYS_INVALID`.
 */
export function createDataConverter(): DataConverter {
  const keys = readPayloadKeys();
  const payloadCodecs = [createPayloadCodec(keys)];
  if (keys.length === 0) return { payloadCodecs };
  const failureConverterPath = fileURLToPath(new URL("encrypted-failures.cjs", import.meta.url));
  return { payloadCodecs, failureConverterPath };
}
