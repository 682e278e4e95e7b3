import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ResolvedConfig } from "../domain/config/config.js";
import { isHubPath } from "../domain/config/hub-path.js";
import { parseConfig } from "../domain/config/parse.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { canonicalModel } from "../infra/model-files/model-reference.js";

/** A config file, read and validated. */
export interface LoadedConfig {
  readonly config: ResolvedConfig;
  /** The file's original text. */
  readonly text: string;
  /** Absolute path of the file. */
  readonly path: string;
}

/**
 * Reads a config file and applies `--set` overrides. Paths in the file are relative to the file,
 * paths in overrides to the working directory; the result has absolute paths. Throws
 * `CONFIG_FILE_MISSING` and `WHETSTONE_CONFIG_INVALID`.
 */
export function loadConfig(path: string, overrides: readonly string[] = []): LoadedConfig {
  const absolute = resolve(path);
  const text = readText(path);
  const parsed = parseConfig({
    text,
    source: path,
    overrides,
    resolvePath: (inner) => resolvePath(dirname(absolute), inner),
    resolveModel: (model) => canonicalModel(model, dirname(absolute)),
  });
  const cwd = process.cwd();
  const config = {
    ...parsed,
    model: canonicalModel(parsed.model, cwd),
    variants: parsed.variants.map((variant) =>
      variant.split?.path === undefined
        ? variant
        : { ...variant, split: { ...variant.split, path: resolvePath(cwd, variant.split.path) } },
    ),
    datasets: parsed.datasets.map((dataset) =>
      dataset.path === undefined ? dataset : { ...dataset, path: resolvePath(cwd, dataset.path) },
    ),
  };
  return { config, text, path: absolute };
}

/** A data set on the Hub stays as it is. */
function resolvePath(folder: string, path: string): string {
  return isHubPath(path) ? path : resolve(folder, path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new WhetstoneError(
      reason === "ENOENT"
        ? `The config file ${path} does not exist.`
        : `The config file ${path} cannot be read (${String(reason)}).`,
      {
        code: "CONFIG_FILE_MISSING",
        hint: "Name a config file, for example configs/quickstart.yaml.",
        cause: error,
      },
    );
  }
}
