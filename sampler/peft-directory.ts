import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { EngineClient } from "../engine-client/engine-client.js";
import type { CallOptions } from "./chat.js";

/** The files of a PEFT adapter. Any other file in the tar is refused. */
const FILES = ["adapter_config.json", "adapter_model.safetensors"];
const BLOCK = 512;

/**
 * Fetches an adapter from our engine and writes it as a PEFT directory, which vLLM's load route
 * reads. The directory is written atomically and replaces an earlier one with the same name. Throws
 * the engine's errors (ENGINE_ADAPTER_LOST), and PEFT_ARCHIVE_INVALID.
 */
export async function exportAdapter(
  engine: EngineClient,
  adapterId: string,
  directory: string,
  options: CallOptions = {},
): Promise<void> {
  await writePeftDirectory(await engine.adapterWeights(adapterId, options), directory);
}

/** Writes the two files of a tar (`GET /v1/adapters/{id}/weights`) into a directory. */
async function writePeftDirectory(tar: Uint8Array, directory: string): Promise<void> {
  const files = readPeftTar(tar);
  const partial = `${directory}.${randomUUID().slice(0, 8)}.partial`;
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(partial);
  try {
    for (const [name, content] of files) await writeFile(join(partial, name), content);
    await rm(directory, { recursive: true, force: true });
    await rename(partial, directory);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Name and content of each file of an uncompressed tar that contains exactly a PEFT adapter. */
function readPeftTar(tar: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let start = 0; start + BLOCK <= tar.length;) {
    const header = tar.subarray(start, start + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const name = readText(header, 0, 100);
    const size = Number.parseInt(readText(header, 124, 12).trim(), 8);
    const end = start + BLOCK + size;
    if (!FILES.includes(name) || !Number.isSafeInteger(size) || end > tar.length) {
      throw invalid(`entry ${JSON.stringify(name.slice(0, 60))} does not belong there`);
    }
    files.set(name, tar.subarray(start + BLOCK, end));
    start += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  const missing = FILES.filter((name) => !files.has(name));
  if (missing.length > 0) throw invalid(`${missing.join(" and ")} missing`);
  return files;
}

function readText(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function invalid(what: string): WhetstoneError {
  return new WhetstoneError(`The engine's archive of an adapter cannot be used: ${what}.`, {
    code: "PEFT_ARCHIVE_INVALID",
    hint: "Check that engine and CLI are of the same version (`npx whetstone doctor`).",
  });
}
