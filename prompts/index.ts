import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { compactStyle } from "./compact.js";
import { paperStyle } from "./paper.js";
import type { PromptStyle } from "./types.js";

const STYLES: readonly PromptStyle[] = [compactStyle, paperStyle];

/** Names that a config may give as its prompt style. */
export const PROMPT_STYLE_NAMES: readonly string[] = STYLES.map((style) => style.name);

/** The prompt style of that name. Throws PROMPT_STYLE_UNKNOWN. */
export function getPromptStyle(name: string): PromptStyle {
  const style = STYLES.find((candidate) => candidate.name === name);
  if (style === undefined) {
    throw new WhetstoneError(`Unknown prompt style "${name}".`, {
      code: "PROMPT_STYLE_UNKNOWN",
      hint: `Use one of: ${PROMPT_STYLE_NAMES.join(", ")}.`,
    });
  }
  return style;
}
