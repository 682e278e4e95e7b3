import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { findNativeFormat } from "../../domain/formats/native-format.js";
import { readChatTemplate } from "../../infra/model-files/chat-template.js";

/** The format of a model's own chat template; null if the template, or the lack of one, leaves no place for tools. */
export function nativeFormatOf(directory: string): string | null {
  const template = readChatTemplate(directory);
  return template === null ? null : findNativeFormat(template);
}

/** The same for `prompt: native`. Throws `PROMPT_NATIVE_UNSUPPORTED`. */
export function requireNativeFormat(directory: string): string {
  const format = nativeFormatOf(directory);
  if (format !== null) return format;
  throw new WhetstoneError(
    `prompt: native needs a chat template that shows tools, and that of ${directory} does not.`,
    {
      code: "PROMPT_NATIVE_UNSUPPORTED",
      hint: "Use --set prompt=paper --set format=auto, or `npx whetstone fit CONFIG` to compare.",
    },
  );
}
