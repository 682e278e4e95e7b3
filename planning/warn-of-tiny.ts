import type { ResolvedConfig } from "../domain/config/config.js";
import { KNOWN_MODELS } from "../infra/model-files/known.js";

/** Datasets of the bundled model's own world. */
const OWN_FORMAT = "lookalike";

/** One warning line for each dataset that the bundled model knows nothing about. */
export function warnOfTiny({
  model,
  datasets,
}: Pick<ResolvedConfig, "model" | "datasets">): string[] {
  if (model !== "tiny") return [];
  const real = KNOWN_MODELS.map(({ name }) => name).join(", ");
  return datasets
    .filter(({ format }) => format !== OWN_FORMAT)
    .map(
      ({ name }) =>
        `${name}: model tiny knows only its bundled world (${OWN_FORMAT}) and will answer about 0 % right; use ${real} or the directory of a model`,
    );
}
