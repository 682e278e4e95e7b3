import { describe, expect, inject, it } from "vitest";
import { ANSWER_FORMATS } from "../../domain/formats/answer-formats.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import type { Sample } from "../../domain/samples/sample.js";
import { EngineClient } from "../../engine-client/engine-client.js";
import { getPromptStyle } from "../../prompts/index.js";

const sample: Sample = {
  key: "0-01234567",
  dataset: "trial",
  row: 0,
  messages: [{ role: "user", content: "How tall is the tower Belor in metric units, floor 3?" }],
  tools: [
    {
      name: "get_tower_height",
      description: "Height of a tower",
      parameters: {
        type: "object",
        properties: {
          name: { type: "string" },
          units: { anyOf: [{ type: "string", enum: ["metric", "imperial"] }, { type: "null" }] },
          floors: { type: "array", items: { type: "integer" } },
          exact: { type: "boolean" },
        },
        required: ["name", "exact"],
      },
    },
    { name: "ping", description: "", parameters: { type: "object", properties: {} } },
  ],
};

describe.each(ANSWER_FORMATS)("the engine decodes under the grammar of $name", (format) => {
  const engine = new EngineClient({ baseUrl: inject("servers").engineUrl });

  it.each([
    ["any calls", { calls: "any" }],
    ["one call", { calls: "one" }],
    ["a forced name", { calls: "one", forcedName: "get_tower_height" }],
  ] as const)("%s", async (_, options) => {
    const style = getPromptStyle("compact", format.name);
    for (const seed of [1, 2, 3]) {
      const answer = await engine.chat(
        {
          model: await engine.baseModel({}),
          messages: style.answerMessages(sample),
          temperature: 1,
          max_tokens: 400,
          seed,
          response_format: {
            type: "structural_tag",
            format: format.grammar(sample.tools, options),
          },
        },
        {},
      );
      const [choice] = answer.choices;
      if (choice?.finish_reason === "length") continue;
      const text = choice?.message.content ?? "";
      if (options.calls === "any" && text === format.render([])) continue;
      const parsed = parseAnswer(text);
      expect(parsed, text).toMatchObject({ repaired: false });
      const calls = isReadable(parsed) ? parsed.calls : [];
      expect(calls.length).toBeGreaterThanOrEqual(options.calls === "one" ? 1 : 0);
      for (const call of calls) {
        expect(["get_tower_height", "ping"]).toContain(call.name);
        if (call.name === "get_tower_height") {
          expect(typeof call.arguments["name"]).toBe("string");
          expect(typeof call.arguments["exact"]).toBe("boolean");
        }
      }
      if ("forcedName" in options) expect(calls[0]?.name).toBe(options.forcedName);
    }
  });
});
