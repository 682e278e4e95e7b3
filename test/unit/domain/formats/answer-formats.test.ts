import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANSWER_FORMATS, getAnswerFormat } from "../../../../domain/formats/answer-formats.js";
import { parseAnswer } from "../../../../domain/formats/parse-answer.js";
import type { ToolCall } from "../../../../domain/samples/tool-call.js";
import { anyCall } from "./arbitrary-calls.js";

const CALLS: readonly ToolCall[] = [
  { name: "find_lamp", arguments: { place: "hall", count: 2, dim: true, tags: ["a"], more: null } },
  { name: "ping", arguments: {} },
];

const WRITTEN: Readonly<Record<string, readonly [two: string, none: string]>> = {
  tags: [
    '<tool_call>[{"name": "find_lamp", "arguments": {"place": "hall", "count": 2, "dim": true, "tags": ["a"], "more": null}}, {"name": "ping", "arguments": {}}]</tool_call>',
    "<tool_call>[]</tool_call>",
  ],
  list: [
    '[{"name": "find_lamp", "arguments": {"place": "hall", "count": 2, "dim": true, "tags": ["a"], "more": null}}, {"name": "ping", "arguments": {}}]',
    "[]",
  ],
  hermes: [
    '<tool_call>\n{"name": "find_lamp", "arguments": {"place": "hall", "count": 2, "dim": true, "tags": ["a"], "more": null}}\n</tool_call>\n<tool_call>\n{"name": "ping", "arguments": {}}\n</tool_call>',
    "None of the functions fits.",
  ],
  llama: [
    '{"name": "find_lamp", "parameters": {"place": "hall", "count": 2, "dim": true, "tags": ["a"], "more": null}}; {"name": "ping", "parameters": {}}',
    "None of the functions fits.",
  ],
  pythonic: ['[find_lamp(place="hall", count=2, dim=True, tags=["a"], more=None), ping()]', "[]"],
  xlam: [
    '{"tool_calls": [{"name": "find_lamp", "arguments": {"place": "hall", "count": 2, "dim": true, "tags": ["a"], "more": null}}, {"name": "ping", "arguments": {}}]}',
    '{"tool_calls": []}',
  ],
  mistral: [
    '[TOOL_CALLS] [{"name": "find_lamp", "arguments": {"place": "hall", "count": 2, "dim": true, "tags": ["a"], "more": null}}, {"name": "ping", "arguments": {}}]',
    "[TOOL_CALLS] []",
  ],
};

it("there is one text for each format", () => {
  expect(ANSWER_FORMATS.map(({ name }) => name)).toEqual(Object.keys(WRITTEN));
});

describe.each(ANSWER_FORMATS)("$name", (format) => {
  it("is written as its models write it", () => {
    expect([format.render(CALLS), format.render([])]).toEqual(WRITTEN[format.name]);
  });

  it("begins with the opening, the first name and what closes a name", () => {
    expect(format.render(CALLS)).toMatch(
      new RegExp(`^${escape(`${format.opening}find_lamp${format.nameClosing}`)}`),
    );
  });

  it("closes a name by one printable ASCII character, as the engine's closing must be", () => {
    expect(format.nameClosing).toMatch(/^[!-~]$/);
  });

  it("gives the calls back that it was written from", () => {
    fc.assert(
      fc.property(fc.array(anyCall, { minLength: 1, maxLength: 4 }), (calls) => {
        expect(parseAnswer(format.render(calls))).toEqual({ calls, repaired: false });
      }),
      { numRuns: 500 },
    );
  });
});

it("an unknown format is refused with the known ones", () => {
  expect(() => getAnswerFormat("yaml")).toThrow(
    expect.objectContaining({
      message: 'There is no answer format "yaml".',
      code: "ANSWER_FORMAT_UNKNOWN",
      hint: "Set format to one of: tags, list, hermes, llama, pythonic, xlam, mistral.",
    }),
  );
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
