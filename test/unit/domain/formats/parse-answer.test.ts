import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../domain/json/value.js";
import { parseAnswer } from "../../../../domain/formats/parse-answer.js";

const call = { name: "get_weather", arguments: { city: "Paris" } };
const callText = '{"name": "get_weather", "arguments": {"city": "Paris"}}';
const otherText = '{"name": "draft", "arguments": {}}';
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

  it.each([
    [
      "one block each",
      `<tool_call>\n${callText}\n</tool_call>\n<tool_call>\n${callText}\n</tool_call>`,
    ],
    [
      "blocks after prose",
      `Let me see.\n<tool_call>${callText}</tool_call>\n<tool_call>[${callText}]</tool_call> Done.`,
    ],
    ["a fence each", "```json\n" + callText + "\n```\n```json\n" + callText + "\n```"],
    ["a list each", `[${callText}]\n[${callText}]`],
    ["semicolons between", `${callText}; ${callText}`],
    [
      "a message's tool_calls",
      `{"tool_calls": [{"type": "function", "function": ${callText}}, ${callText}]}`,
    ],
    [
      "an empty list before them",
      `<tool_call>[]</tool_call> <tool_call>[${callText}, ${callText}]</tool_call>`,
    ],
  ])("reads several calls with %s", (_, text) => {
    expect(parseAnswer(text)).toEqual({ calls: [call, call], repaired: false });
  });

  it.each([
    ["before the answer", `<think>Maybe [${otherText}]?</think>\n[${callText}]`],
    [
      "with a block as a draft",
      `<think><tool_call>[${otherText}]</tool_call></think><tool_call>[${callText}]</tool_call>`,
    ],
    ["that the prompt has opened", `Maybe ${otherText}.\n</think>\n${callText}`],
    ["in two parts", `<think>a</think> <think>${otherText}</think> ${callText}`],
    ["after the answer, unfinished", `${callText} <think>or rather ${otherText}`],
    ["with unbalanced brackets", `<think>{"a": [ </think> ${callText}`],
  ])("cuts reasoning %s off", (_, text) => {
    expect(parseAnswer(text)).toEqual(strict);
  });

  it("finds no answer in reasoning that never ends", () => {
    expect(parseAnswer(`<think>The call is [${callText}]`)).toEqual({ reason: "empty" });
  });

  it.each([
    ["an empty list", `The list [] is empty, so: ${callText}`],
    [
      "a schema",
      `{"type": "object", "properties": {"city": {"type": "string"}}} gives ${callText}`,
    ],
    [
      "a tool's definition",
      `{"name": "other", "description": "Other tool", "parameters": {"type": "object", "properties": {}}}: no. ${callText}`,
    ],
    ["other JSON", `{"city": "Paris"} means ${callText}`],
    ["a bracket that never closes", `Note {"this: then ${callText}`],
  ])("passes over %s in prose", (_, text) => {
    expect(parseAnswer(text)).toMatchObject({ calls: [call] });
  });

  it.each([
    "ends with </tool_call> here",
    "<tool_call>[]</tool_call>",
    "<think>not reasoning</think>",
    'a "quoted" </tool_call>',
  ])("takes tags inside strings for text: %s", (text) => {
    const calls = [{ name: "say", arguments: { text } }];
    const json = JSON.stringify(calls);
    for (const answer of [json, `<tool_call>${json}</tool_call>`, `So: ${json}.`]) {
      expect(parseAnswer(answer)).toEqual({ calls, repaired: false });
    }
  });

  it.each([
    ["empty objects", "{}".repeat(6000), { reason: "not-a-call" }],
    ["blocks that never close", "<tool_call>[{".repeat(10_000), { reason: "broken-json" }],
    ["ends of reasoning", "</think>".repeat(20_000), { reason: "empty" }],
  ])("reads thousands of %s in bounded time", (_, text, expected) => {
    expect(parseAnswer(text)).toEqual(expected);
  });

  it("reads thousands of calls", () => {
    const answer = parseAnswer(callText.repeat(9000));
    expect("calls" in answer && answer.calls.length).toBe(9000);
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
  ])("treats arguments that are %s as no arguments", (_, text) => {
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

  it.each([
    "ends with </tool_call> here",
    "<tool_call>",
    "</think>",
    "<think>",
    "<think>{</think>",
    'a "quoted </tool_call>"',
  ])("takes %o in a string for text", (text) => {
    const answer = JSON.stringify([{ name: "write", arguments: { text } }]);
    const read = { calls: [{ name: "write", arguments: { text } }], repaired: false };
    expect(parseAnswer(answer)).toEqual(read);
    expect(parseAnswer(`<tool_call>${answer}</tool_call>`)).toEqual(read);
    expect(parseAnswer(`<think>I write.</think>Now: <tool_call>${answer}`)).toEqual(read);
  });

  it.each([
    [`Not [], but ${callText}`, [call]],
    [`It takes {"type": "object"}: ${callText}`, [call]],
    [
      `[{"name": "now", "parameters": {"type": "object", "properties": {}}}] no: ${callText}`,
      [call],
    ],
    [`<tool_call>${callText}<tool_call>${callText}`, [call, call]],
    [`[${callText}]\n[${callText}]`, [call, call]],
    [`<tool_call>[]</tool_call>\n<tool_call>${callText}</tool_call> Done.`, [call]],
    [`<tool_call><think>hm {</think>${callText}</tool_call>`, [call]],
  ])("finds the calls in %o", (text, calls) => {
    expect(parseAnswer(text)).toEqual({ calls, repaired: false });
  });

  it.each([
    [`<think>I call ${callText}`, "empty"],
    [`It would be <think>${callText}`, "empty"],
    ["<tool_call>I cannot</tool_call>", "broken-json"],
    ["I cannot</tool_call>", "broken-json"],
    ["`{` opens an object, `{}` is one", "no-json"],
    [`${callText} {"tool": "now"}`, "not-a-call"],
  ])("tells why %o says no call", (text, reason) => {
    expect(parseAnswer(text)).toEqual({ reason });
  });

  it("reads what is repeated thousands of times", () => {
    const many = 9_000;
    const calls = Array.from({ length: many }, () => call);
    const blocks = `<tool_call>${callText}</tool_call>`.repeat(many);
    for (const text of [callText.repeat(many), `[${calls.map(() => callText).join()}]`, blocks]) {
      expect(parseAnswer(text)).toEqual({ calls, repaired: false });
    }
    expect(parseAnswer("{}".repeat(6_000))).toEqual({ reason: "not-a-call" });
    expect(parseAnswer(`${callText} `.repeat(many) + '{"name": "get')).toMatchObject({
      repaired: true,
    });
  });

  it.each([
    "{",
    '{"',
    '{"a":',
    "{'a':",
    "[{",
    "[[",
    '"',
    "<tool_call>",
    "</tool_call>",
    "<think>",
    "</think>",
    "<think></think>",
    "<tool_call>{",
    '<think>{"',
    '{"a": "<think>"',
    '{"a": "</tool_call>"',
    "{'name': 'a'}",
    "```json",
    "```json\n[]\n",
    '[{"name": "a", "arguments": "{"}]',
    "\\",
    " ",
    "[] ",
    "{} no ",
  ])("ends on %o repeated 50,000 times", (part) => {
    const answer = parseAnswer(part.repeat(50_000));
    expect("calls" in answer !== "reason" in answer).toBe(true);
  });

  it("never throws for any text", () => {
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
