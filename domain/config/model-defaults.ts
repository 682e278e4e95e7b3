import { DEFAULT_FORMAT } from "../formats/answer-formats.js";
import { CONFIG_DEFAULTS } from "./defaults.js";
import type { ConfigFile } from "./schema.js";

/** How a model is asked, where a config does not say. */
export interface AnswerDefaults {
  /** Prompt style; see prompts/. */
  readonly prompt: string;
  /** Answer format. */
  readonly format: string;
  /** How pairs are drawn, beyond the defaults of every model. */
  readonly synthesis?: ConfigFile["synthesis"];
}

/**
 * The paper's prompt with a plain list: measured on Qwen2.5-Coder, which drops tags by itself
 * (docs/guides/bring-your-own-model.md). A grammar shapes pairs, and they state their values: free decoding gave one
 * usable reply of eight on the 0.5B model (docs/decisions/0017-shaped-pairs.md).
 */
const LIST_ON_PAPER: AnswerDefaults = {
  prompt: "paper",
  format: "list",
  synthesis: { decoding: "constrained", checks: { stated: true } },
};

const TAGS_IN_SHORT: AnswerDefaults = { prompt: CONFIG_DEFAULTS.prompt, format: DEFAULT_FORMAT };

/** Models by name whose prompt and format were measured. */
export const MODEL_DEFAULTS: Readonly<Record<string, AnswerDefaults>> = {
  tiny: TAGS_IN_SHORT,
  "smollm2-135m": TAGS_IN_SHORT,
  "qwen2.5-coder-0.5b": LIST_ON_PAPER,
  "qwen2.5-coder-1.5b": LIST_ON_PAPER,
};

/** The prompt and format of a config that names neither. Every other model gets what the paper's family needs. */
export function answerDefaultsOf(model: string): AnswerDefaults {
  const own = Object.hasOwn(MODEL_DEFAULTS, model) ? MODEL_DEFAULTS[model] : undefined;
  return own ?? LIST_ON_PAPER;
}
