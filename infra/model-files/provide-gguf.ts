import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { runModelJob } from "./model-job.js";
import { createProgressMeter } from "./progress-meter.js";
import type { Report } from "./report.js";
import { storeModel } from "./store-model.js";

/**
 * The directory that a GGUF file was converted to, in bf16; once per content. Throws `MODEL_FILE_INVALID`,
 * `MODEL_UNSUPPORTED`, `MODEL_DISK_FULL`, `MODEL_CONVERSION_FAILED`.
 */
export async function provideGguf(path: string, report: Report): Promise<string> {
  if (!existsSync(path)) {
    throw new WhetstoneError(`There is no file ${path}.`, {
      code: "MODEL_FILE_INVALID",
      hint: "set `model` to an existing .gguf file; a path in a config file is relative to that file",
    });
  }
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const id = `${basename(path, ".gguf")}-${hash.digest("hex").slice(0, 8)}`;
  return storeModel(id, report, async ({ target }) => {
    report.note(`model ${id}: converting ${path} to bf16 safetensors, once ...`);
    await runModelJob(
      { kind: "gguf", source: path, dtype: "bfloat16", target },
      createProgressMeter(`model ${id}`, report),
    );
  });
}
