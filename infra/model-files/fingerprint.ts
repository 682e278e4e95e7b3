import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { sha256Hex } from "../../domain/identity/hash.js";
import { repositoryRoot } from "../repository.js";
import { KNOWN_MODELS } from "./known.js";

/** Files that define a model: weights, configuration, tokenizer, chat template. */
const MODEL_FILE = /\.(json|safetensors|jinja|model|txt)$/;

const NAMES = ["tiny", ...KNOWN_MODELS.map(({ name }) => name)];

/**
 * The directory of a model: "tiny" is the bundled one, anything else is a path. Throws
 * `MODEL_DIRECTORY_INVALID` if it lacks config.json, tokenizer.json or *.safetensors.
 */
export function resolveModelDirectory(model: string): string {
  const directory = model === "tiny" ? join(repositoryRoot, "models", "tiny") : model;
  const missing = listMissing(directory);
  if (missing.length > 0) {
    throw new WhetstoneError(
      `${directory} is not a model directory: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing.`,
      {
        code: "MODEL_DIRECTORY_INVALID",
        hint: `set \`model\` to a name (${NAMES.join(", ")}), hf:ORG/NAME, a .gguf file, or a directory with config.json, tokenizer.json and *.safetensors; a path in a config file is relative to that file`,
        details: { directory, missing },
      },
    );
  }
  return directory;
}

/**
 * The fingerprint of a model directory, 64 hex digits: SHA-256 of the lines
 * `<sha256 of file>  <name>\n` over its model files, sorted by name in byte order. The engine
 * computes the same.
 */
export async function fingerprintModel(directory: string): Promise<string> {
  const names = readdirSync(directory)
    .filter((name) => MODEL_FILE.test(name) && statSync(join(directory, name)).isFile())
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const lines: string[] = [];
  for (const name of names) lines.push(`${await hashFile(join(directory, name))}  ${name}\n`);
  return sha256Hex(lines.join(""));
}

function listMissing(directory: string): string[] {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) return ["the directory itself"];
  const names = readdirSync(directory);
  return [
    ...["config.json", "tokenizer.json"].filter((name) => !names.includes(name)),
    ...(names.some((name) => name.endsWith(".safetensors")) ? [] : ["*.safetensors"]),
  ];
}

/** Streamed, because weights may be larger than memory. */
async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
