/** What a chat template writes around calls, in the order to look for it, and the format that it means. */
const MARKS: readonly (readonly [string, string])[] = [
  ["[TOOL_CALLS]", "mistral"],
  ["<tool_call>", "hermes"],
  ["python_tag", "llama"],
  ['"parameters": ', "llama"],
];

/** The format of templates that show tools and have none of these marks. */
const OTHER = "list";

/**
 * The answer format of a model's own chat template: Qwen and Hermes `hermes`, Llama 3 `llama`, Mistral `mistral`, others a
 * plain list. Null if the template ignores tools.
 */
export function findNativeFormat(template: string): string | null {
  if (!/\btools\b/.test(template)) return null;
  return MARKS.find(([mark]) => template.includes(mark))?.[1] ?? OTHER;
}
