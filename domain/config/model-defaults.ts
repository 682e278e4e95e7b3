import { DEFAULT_FORMAT } from "../formats/answer-formats.js";
import { AUTO_FORMAT } from "../formats/format-fit.js";
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

/** Models by name whose prompt and format are known. */
export const MODEL_DEFAULTS: Readonly<Record<string, AnswerDefaults>> = {
  tiny: TAGS_IN_SHORT,
  "smollm2-135m": TAGS_IN_SHORT,
  "qwen2.5-coder-0.5b": LIST_ON_PAPER,
  "qwen2.5-coder-1.5b": LIST_ON_PAPER,
};

/**
 * The prompt and format of a config that names neither. An unknown model keeps what such configs always meant; if its
 * format is `auto`, its prompt is the paper's.
 */
export function answerDefaultsOf(model: string, format: string | undefined): AnswerDefaults {
  const own = Object.hasOwn(MODEL_DEFAULTS, model) ? MODEL_DEFAULTS[model] : undefined;
  return own ?? (format === AUTO_FORMAT ? LIST_ON_PAPER : TAGS_IN_SHORT);
}
