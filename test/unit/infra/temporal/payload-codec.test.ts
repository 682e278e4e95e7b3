import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultPayloadConverter } from "@temporalio/common";
import { afterEach, describe, expect, it } from "vitest";
import type { CodecServer } from "../../../../infra/temporal/codec-server.js";
import { serveCodec } from "../../../../infra/temporal/codec-server.js";
import { createPayloadCodec } from "../../../../infra/temporal/payload-codec.js";
import { readPayloadKeys } from "../../../../infra/temporal/payload-keys.js";

const oldKey = `old:${randomBytes(32).toString("base64")}`;
const newKey = `new:${randomBytes(32).toString("base64")}`;
const codecOf = (keys: string) =>
  createPayloadCodec(readPayloadKeys({ WHETSTONE_PAYLOAD_KEYS: keys }));
const payload = defaultPayloadConverter.toPayload({ query: "Where is my parcel?" });

describe("the payload codec", () => {
  it("hides and restores a payload", async () => {
    const codec = codecOf(newKey);
    const [hidden] = await codec.encode([payload]);
    expect(Buffer.from(hidden?.data ?? []).includes("parcel")).toBe(false);
    expect(Buffer.from(hidden?.metadata?.["encryption-key-id"] ?? []).toString()).toBe("new");
    const [shown] = await codec.decode(hidden === undefined ? [] : [hidden]);
    expect(defaultPayloadConverter.fromPayload(shown ?? {})).toEqual({
      query: "Where is my parcel?",
    });
  });

  it("encrypts with the first key and still reads payloads of the others, and plain ones", async () => {
    const [hidden = {}] = await codecOf(oldKey).encode([payload]);
    const rotated = codecOf(`${newKey} ${oldKey}`);
    const read = await rotated.decode([hidden, payload]);
    expect(read.map((each) => defaultPayloadConverter.fromPayload(each))).toEqual([
      { query: "Where is my parcel?" },
      { query: "Where is my parcel?" },
    ]);
    const [fresh] = await rotated.encode([payload]);
    expect(Buffer.from(fresh?.metadata?.["encryption-key-id"] ?? []).toString()).toBe("new");
  });

  it("names a key that is not set, also if none is", async () => {
    const [hidden = {}] = await codecOf(oldKey).encode([payload]);
    for (const codec of [codecOf(newKey), codecOf("")]) {
      await expect(codec.decode([hidden])).rejects.toMatchObject({
        code: "PAYLOAD_KEY_MISSING",
        message: 'A payload in Temporal is encrypted with the key "old", which is not set here.',
      });
    }
  });

  it("refuses a payload that was changed, or encrypted with another key of the same id", async () => {
    const [hidden = {}] = await codecOf(oldKey).encode([payload]);
    const other = codecOf(`old:${randomBytes(32).toString("base64")}`);
    await expect(other.decode([hidden])).rejects.toMatchObject({ code: "PAYLOAD_DAMAGED" });
    const data = Buffer.from(hidden.data ?? []);
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
    await expect(codecOf(oldKey).decode([{ ...hidden, data }])).rejects.toMatchObject({
      code: "PAYLOAD_DAMAGED",
    });
  });

  it("leaves payloads alone without keys", async () => {
    expect(await codecOf("").encode([payload])).toEqual([payload]);
  });
});

describe("keys", () => {
  it.each([
    ["nocolon", "Key 1 of WHETSTONE_PAYLOAD_KEYS does not begin with an id and a colon."],
    [`${oldKey} k2:c2hvcnQ=`, "Key 2 of WHETSTONE_PAYLOAD_KEYS has 5 bytes instead of 32."],
    [`${oldKey} ${oldKey}`, "WHETSTONE_PAYLOAD_KEYS has two keys with the id old."],
  ])("are refused without being quoted (%#)", (text, message) => {
    expect(() => readPayloadKeys({ WHETSTONE_PAYLOAD_KEYS: text })).toThrow(
      expect.objectContaining({ code: "PAYLOAD_KEYS_INVALID", message }) as Error,
    );
  });

  it("come from a file, too", () => {
    const folder = mkdtempSync(join(tmpdir(), "whetstone-keys-"));
    try {
      const file = join(folder, "keys");
      writeFileSync(file, `${newKey}\n${oldKey}\n`);
      const keys = readPayloadKeys({ WHETSTONE_PAYLOAD_KEYS_FILE: file });
      expect(keys.map(({ id }) => id)).toEqual(["new", "old"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(() => readPayloadKeys({ WHETSTONE_PAYLOAD_KEYS_FILE: "/nowhere" })).toThrow(
      expect.objectContaining({ code: "PAYLOAD_KEYS_INVALID" }) as Error,
    );
  });
});

describe("the codec server", () => {
  let server: CodecServer | undefined;
  afterEach(async () => server?.close());

  const origin = "http://127.0.0.1:8233";
  const body = (payloads: readonly object[]) => JSON.stringify({ payloads });
  const toBase64 = (text: string) => Buffer.from(text).toString("base64");

  it("encrypts and decrypts for the UI, and refuses other websites", async () => {
    server = await serveCodec(codecOf(newKey), { port: 0, origins: [origin] });
    const ask = (path: string, text: string, from = origin) =>
      fetch(`${server?.url ?? ""}${path}`, {
        method: "POST",
        headers: { origin: from, "content-type": "application/json" },
        body: text,
      });
    const plain = { metadata: { encoding: toBase64("json/plain") }, data: toBase64('"lamp"') };
    const encrypted = await ask("/encode", body([plain]));
    const hidden = (await encrypted.json()) as { payloads: { data: string }[] };
    expect(hidden.payloads[0]?.data).not.toBe(plain.data);
    const decrypted = await ask("/decode", body(hidden.payloads));
    expect(decrypted.headers.get("access-control-allow-origin")).toBe(origin);
    expect(await decrypted.json()).toEqual({ payloads: [plain] });
    expect((await ask("/decode", body(hidden.payloads), "http://evil.test")).status).toBe(403);
    const wrong = await ask("/decode", "{}");
    expect([wrong.status, await wrong.json()]).toEqual([
      400,
      { message: "The body has no payloads." },
    ]);
  });
});
