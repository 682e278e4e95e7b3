import type { ResolvedConfig } from "./config.js";

/** Datasets of the bundled model's own world. */
const OWN_FORMAT = "lookalike";

/** One warning line for each dataset that the bundled model knows nothing about. */
export function warnOfTiny({
  model,
  datasets,
}: Pick<ResolvedConfig, "model" | "datasets">): string[] {
  if (model !== "tiny") return [];
  return datasets
    .filter(({ format }) => format !== OWN_FORMAT)
    .map(
      ({ name }) =>
        `${name}: model tiny knows only its bundled world (${OWN_FORMAT}) and answers about 0 % of other data right; use a real model, for example model: qwen2.5-coder-0.5b`,
    );
}
