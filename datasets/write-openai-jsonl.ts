import { renderJson } from "../domain/json/text.js";
import type { GoldSample } from "../domain/samples/sample.js";
import type { JsonObject } from "../domain/json/value.js";

/** Renders samples and gold as JSON lines in OpenAI's tool format, one per sample; `importOpenaiJsonl` reads them. */
export function renderOpenaiJsonl(samples: readonly GoldSample[]): string {
  return samples.map((sample) => `${renderJson(toLine(sample))}\n`).join("");
}

function toLine({ sample, gold }: GoldSample): JsonObject {
  const answer: JsonObject =
    gold.calls.length === 0
      ? { role: "assistant", content: "" }
      : {
          role: "assistant",
          content: null,
          tool_calls: gold.calls.map((call) => ({
            type: "function",
            function: { name: call.name, arguments: renderJson(call.arguments) },
          })),
        };
  const messages = [...sample.messages.map(({ role, content }) => ({ role, content })), answer];
  const tools = sample.tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters },
  }));
  const accepted = gold.calls.map((call) => call.accepted ?? null);
  const line = { messages, tools } as unknown as JsonObject;
  return accepted.every((values) => values === null) ? line : { ...line, accepted: accepted };
}
