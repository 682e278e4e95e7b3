import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { DEFAULT_FORMAT, getAnswerFormat } from "../domain/formats/answer-formats.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { createCompactStyle } from "./compact.js";
import { createNativeStyle } from "./native.js";
import { createPaperStyle } from "./paper.js";
import type { PromptStyle } from "./types.js";

const STYLES: Readonly<Record<string, (format: AnswerFormat) => PromptStyle>> = {
  compact: createCompactStyle,
  native: createNativeStyle,
  paper: createPaperStyle,
};

/** Names of prompt styles for configs. */
export const PROMPT_STYLE_NAMES: readonly string[] = Object.keys(STYLES);

const made = new Map<string, PromptStyle>();

/** Returns the named prompt style for an answer format. Throws `PROMPT_STYLE_UNKNOWN`, `ANSWER_FORMAT_UNKNOWN`. */
export function getPromptStyle(name: string, format: string = DEFAULT_FORMAT): PromptStyle {
  const key = `${name}/${format}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const create = Object.hasOwn(STYLES, name) ? STYLES[name] : undefined;
  if (create === undefined) {
    throw new WhetstoneError(`Unknown prompt style "${name}".`, {
      code: "PROMPT_STYLE_UNKNOWN",
      hint: `Use one of: ${PROMPT_STYLE_NAMES.join(", ")}.`,
    });
  }
  const style = create(getAnswerFormat(format));
  made.set(key, style);
  return style;
}
