import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../domain/json/value.js";
import { parseAnswer } from "../../../../domain/formats/parse-answer.js";

const call = { name: "get_weather", arguments: { city: "Paris" } };
const callText = '{"name": "get_weather", "arguments": {"city": "Paris"}}';
const strict = { calls: [call], repaired: false };
const repaired = { calls: [call], repaired: true };

const anyArguments = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
const anyCalls = fc.array(fc.record({ name: fc.string(), arguments: anyArguments }), {
  maxLength: 4,
});

describe("parseAnswer", () => {
  it.each([
    ["a block", `<tool_call>[${callText}]</tool_call>`],
    ["a block that is not closed", `<tool_call>[${callText}]`],
    ["the last of two blocks", `<tool_call>[]</tool_call> no: <tool_call>${callText}</tool_call>`],
    ["a bare list", `[${callText}]`],
    ["a bare object", callText],
    ["JSON inside prose", `I will call [1] this {tool}: ${callText}. Done [ok].`],
    ["a code fence", "```json\n[" + callText + "]\n```"],
    ["a fence inside a block", "<tool_call>\n```json\n" + callText + "\n```\n</tool_call>"],
    ["parameters for arguments", '[{"name": "get_weather", "parameters": {"city": "Paris"}}]'],
    [
      "arguments as a JSON string",
      '[{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}]',
    ],
    ["spaces around the name", '[{"name": " get_weather ", "arguments": {"city": "Paris"}}]'],
  ])("reads %s", (_, text) => {
    expect(parseAnswer(text)).toEqual(strict);
  });

  it.each([
    ["one after the other", `${callText}\n${callText}`],
    ["with commas between", `<tool_call>${callText}, ${callText}</tool_call>`],
  ])("reads several objects %s", (_, text) => {
    expect(parseAnswer(text)).toEqual({ calls: [call, call], repaired: false });
  });

  it("takes the first JSON only, not what follows after prose", () => {
    expect(parseAnswer(`${callText} or rather ${callText}`)).toEqual(strict);
  });

  it.each(["<tool_call>[]</tool_call>", "[]", "No tool fits: []"])(
    "reads no call from %o",
    (text) => {
      expect(parseAnswer(text)).toEqual({ calls: [], repaired: false });
    },
  );

  it.each([
    ["absent", '[{"name": "now"}]'],
    ["null", '[{"name": "now", "arguments": null}]'],
    ["an empty string", '[{"name": "now", "arguments": ""}]'],
  ])("takes arguments that are %s as none", (_, text) => {
    expect(parseAnswer(text)).toEqual({ calls: [{ name: "now", arguments: {} }], repaired: false });
  });

  it.each([
    ["a missing bracket", `<tool_call>[${callText}</tool_call>`],
    ["single quotes", "[{'name': 'get_weather', 'arguments': {'city': 'Paris'}}]"],
    ["a trailing comma", `[${callText},]`],
    [
      "a broken string of arguments",
      '[{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\""}]',
    ],
  ])("marks an answer repaired that has %s", (_, text) => {
    expect(parseAnswer(text)).toEqual(repaired);
  });

  it("marks a cut-off second call repaired instead of dropping it silently", () => {
    expect(parseAnswer(`<tool_call>[${callText}, {"name": "now", "argu`)).toMatchObject({
      repaired: true,
    });
  });

  it.each([
    ["", "empty"],
    ["<tool_call> </tool_call>", "empty"],
    ["I cannot help with that.", "no-json"],
    ["see [1] and {this}", "no-json"],
    ["[[1, 2]]", "not-a-call"],
    ["42", "no-json"],
    ['[{"tool": "now"}]', "not-a-call"],
    ['[{"name": 7, "arguments": {}}]', "not-a-call"],
    ['[{"name": "now", "arguments": [1]}]', "arguments-not-object"],
    ['[{"name": "now", "arguments": "soon"}]', "arguments-not-object"],
    [`[{"name": "now", "arguments": {"a": ${"[".repeat(80)}${"]".repeat(80)}}}]`, "too-deep"],
  ])("says why it cannot read %o", (text, reason) => {
    expect(parseAnswer(text)).toEqual({ reason });
  });

  it("survives absurd nesting", () => {
    expect(parseAnswer("[".repeat(200_000))).toEqual({ reason: "no-json" });
    expect(parseAnswer('[{"a":'.repeat(100_000))).toEqual({ reason: "broken-json" });
  });

  it("never throws, whatever the text", () => {
    const fragment = fc.constantFrom(
      "[",
      "{",
      "]",
      "}",
      '"',
      "'",
      ",",
      ":",
      "name",
      "<tool_call>",
      "\\",
      "1",
      "</tool_call>",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fragment).map((parts) => parts.join("")),
        ),
        (text) => {
          const answer = parseAnswer(text);
          expect("calls" in answer !== "reason" in answer).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("reads back every list of calls that is written as an answer", () => {
    fc.assert(
      fc.property(anyCalls, (calls) => {
        const text = `<tool_call>${JSON.stringify(calls)}</tool_call>`;
        // A value that holds the block's own tags is another question: it splits the block.
        fc.pre(!JSON.stringify(calls).includes("tool_call>"));
        expect(parseAnswer(text)).toEqual({
          calls: calls.map(({ name, arguments: given }) => ({
            name: name.trim(),
            arguments: JSON.parse(JSON.stringify(given)) as JsonObject,
          })),
          repaired: false,
        });
      }),
    );
  });
});
