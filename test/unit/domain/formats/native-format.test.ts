import { expect, it } from "vitest";
import { findNativeFormat } from "../../../../domain/formats/native-format.js";

it.each([
  ["Qwen2.5", '{%- if tools %}<tool_call>\\n{"name": <function-name>}', "hermes"],
  [
    "Llama 3.1",
    '{%- if tools is not none %}{"name": "x", "parameters": {}}<|python_tag|>',
    "llama",
  ],
  ["Mistral", "{% for tool in tools %}[AVAILABLE_TOOLS]{% endfor %}[TOOL_CALLS]", "mistral"],
  ["others", "{% if tools %}{{ tools | tojson }}{% endif %}", "list"],
  ["without tools", "{% for message in messages %}{{ message.content }}{% endfor %}", null],
])("%s", (_, template, format) => {
  expect(findNativeFormat(template)).toBe(format);
});
