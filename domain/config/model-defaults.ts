import { DEFAULT_FORMAT } from "../formats/answer-formats.js";
import { CONFIG_DEFAULTS } from "./defaults.js";

/** How a model is asked, where a config does not say. */
export interface AnswerDefaults {
  /** Prompt style; see prompts/. */
  readonly prompt: string;
  /** Answer format. */
  readonly format: string;
}

/** The paper's prompt with a plain list: measured on Qwen2.5-Coder, which drops tags by itself (docs/guides/bring-your-own-model.md). */
const LIST_ON_PAPER: AnswerDefaults = { prompt: "paper", format: "list" };

/** Models by name whose best prompt and format are known. Others keep what their results on record were made by. */
export const MODEL_DEFAULTS: Readonly<Record<string, AnswerDefaults>> = {
  "qwen2.5-coder-0.5b": LIST_ON_PAPER,
  "qwen2.5-coder-1.5b": LIST_ON_PAPER,
};

/** The prompt and format of a config that names neither. */
export function answerDefaultsOf(model: string): AnswerDefaults {
  const own = Object.hasOwn(MODEL_DEFAULTS, model) ? MODEL_DEFAULTS[model] : undefined;
  return own ?? { prompt: CONFIG_DEFAULTS.prompt, format: DEFAULT_FORMAT };
}
