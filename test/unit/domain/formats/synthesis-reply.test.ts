import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../domain/json/value.js";
import type { SynthesisFlaw } from "../../../../domain/formats/synthesis-reply.js";
import {
  findSynthesisFlaw,
  parseSynthesisReply,
  readSynthesisReply,
  pairQuery,
} from "../../../../domain/formats/synthesis-reply.js";
import { joinQuery } from "../../../../prompts/answer-text.js";

const sample = {
  messages: [
    { role: "user" as const, content: "an earlier question" },
    { role: "assistant" as const, content: "an earlier answer" },
    { role: "user" as const, content: "Weather in Paris, please" },
  ],
  tools: [
    {
      name: "get_weather",
      description: "",
      parameters: {
        type: "object",
        properties: {
          city: { type: "string" },
          days: { type: "integer" },
          unit: { type: "string", enum: ["metric", "imperial"] },
          style: { type: "string", default: "short" },
          tags: { type: "array", items: { type: "string" } },
        },
        required: ["city"],
      },
    },
  ],
};
/** The query of a style whose request is the input. */
const queryOf = pairQuery;
const all = { knownTool: true, argumentsFitSchema: true, differsFromSeed: true, grounded: true };
const none = {
  knownTool: false,
  argumentsFitSchema: false,
  differsFromSeed: false,
  grounded: false,
};
const pair = (input: string, given: JsonObject, name = "get_weather") => ({
  instruction: "Use the tools.",
  input,
  output: [{ name, arguments: given }],
});
const good = pair("How warm is Rome?", { city: "Rome" });
const flaw = (candidate: ReturnType<typeof pair>, checks = all) =>
  findSynthesisFlaw(candidate, { sample, siblings: [], checks, queryOf });

describe("parseSynthesisReply", () => {
  const write = (output: string): string =>
    `{"instruction": "Use the tools.", "input": "How warm is Rome?", "output": ${output}}`;

  it.each([
    ["a list with arguments", '[{"name": "get_weather", "arguments": {"city": "Rome"}}]'],
    ["a list with parameters", '[{"name": "get_weather", "parameters": {"city": "Rome"}}]'],
    ["a single object", '{"name": "get_weather", "arguments": {"city": "Rome"}}'],
    [
      "a JSON string",
      '"[{\\"name\\": \\"get_weather\\", \\"arguments\\": {\\"city\\": \\"Rome\\"}}]"',
    ],
  ])("reads an output that is %s", (_, output) => {
    expect(parseSynthesisReply(write(output))).toEqual({ pair: good });
  });

  it("reads the object inside prose, a code fence or a list of one", () => {
    const text = JSON.stringify(good);
    for (const reply of [`Sure: ${text} Done.`, "```json\n" + text + "\n```", `[${text}]`]) {
      expect(parseSynthesisReply(reply)).toEqual({ pair: good });
    }
  });

  it("accepts an empty output: an example for which no tool fits", () => {
    expect(parseSynthesisReply(write("[]"))).toEqual({ pair: { ...good, output: [] } });
  });

  it("uses the instruction as the query if the input is empty", () => {
    const reply = '{"instruction": "How warm is Rome?", "input": "", "output": []}';
    const parsed = { instruction: "How warm is Rome?", input: "", output: [] };
    expect(parseSynthesisReply(reply)).toEqual({ pair: parsed });
    expect(pairQuery(parsed)).toBe("How warm is Rome?");
    expect(pairQuery({ ...parsed, input: "How cold?" })).toBe("How cold?");
  });

  it.each<[string, SynthesisFlaw]>([
    ["", "not-json"],
    ["I would rather not.", "not-json"],
    ['{"instruction": "a", "input": "b", "output": [', "not-json"],
    ["{'instruction': 'a', 'input': 'b', 'output': []}", "not-json"],
    ['{"instruction": "a", "output": []}', "missing-field"],
    ['{"instruction": "", "input": " ", "output": []}', "missing-field"],
    ['{"instruction": 1, "input": "b", "output": []}', "missing-field"],
    ['{"instruction": "a", "input": "b"}', "missing-field"],
    ["[{}, {}]", "missing-field"],
    [write('[{"tool": "get_weather"}]'), "not-a-call"],
    [write('"call get_weather"'), "not-a-call"],
    [write('"[{\\"name\\": \\"get_weather\\", "'), "not-a-call"],
    [write("7"), "not-a-call"],
    ['{"instruction": "half \\ud83d", "input": "b", "output": []}', "not-json"],
    [write('[{"name": "get_weather", "arguments": {"city": "\\ude00"}}]'), "not-json"],
    [write('[{"name": "get_weather", "arguments": {"\\ud83d": 1}}]'), "not-json"],
  ])("refuses %o: %s", (text, reason) => {
    expect(parseSynthesisReply(text)).toEqual({ reason });
  });

  it("never throws for any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const reply = parseSynthesisReply(text);
        expect("pair" in reply !== "reason" in reply).toBe(true);
      }),
    );
  });
});

describe("findSynthesisFlaw", () => {
  it("passes a good pair, and a no-call pair", () => {
    expect(flaw(good)).toBeNull();
    expect(flaw({ ...good, output: [] })).toBeNull();
  });

  it.each<[SynthesisFlaw, ReturnType<typeof pair>]>([
    ["unknown-tool", pair("How warm is Rome?", { city: "Rome" }, "get_wether")],
    ["unknown-argument", pair("How warm is Rome?", { city: "Rome", town: "Rome" })],
    ["missing-argument", pair("How warm is it for 3 days?", { days: 3 })],
    ["missing-argument", pair("How warm is it?", { city: "" })],
    ["same-as-seed", pair("weather in  PARIS, please ", { city: "Paris" })],
    ["not-grounded", pair("How warm is Rome?", { city: "Milan" })],
    ["not-grounded", pair("How warm is Rome?", { city: "Rome", tags: ["sea"] })],
  ])("finds %s", (reason, candidate) => {
    expect(flaw(candidate)).toBe(reason);
  });

  it("lets every check be switched off by itself", () => {
    const cases = [
      ["knownTool", pair("How warm is Rome?", { city: "Rome" }, "other")],
      ["argumentsFitSchema", pair("Rome?", { city: "Rome", x: 1 })],
      ["differsFromSeed", pair("Weather in Paris, please", { city: "Paris" })],
      ["grounded", pair("How warm is Rome?", { city: "Milan" })],
    ] as const;
    for (const [check, candidate] of cases) {
      expect(flaw(candidate)).not.toBeNull();
      expect(flaw(candidate, { ...all, [check]: false })).toBeNull();
      expect(flaw(candidate, { ...none, [check]: true })).not.toBeNull();
      expect(flaw(candidate, none)).toBeNull();
    }
  });

  it("finds a repeated sibling regardless of case and spacing", () => {
    const context = {
      sample,
      siblings: [pair("how warm  is ROME?", { city: "Rome" })],
      checks: all,
      queryOf,
    };
    expect(findSynthesisFlaw(good, context)).toBe("same-as-sibling");
  });

  it("takes declared enum and default values, other case and numbers as grounded", () => {
    const given = { city: "rome", unit: "metric", style: "short", days: 3 };
    expect(flaw(pair("How warm is Rome?", given))).toBeNull();
    expect(flaw(pair("How warm is Rome?", { city: "Rome", style: "long" }))).toBe("not-grounded");
  });

  it("looks for values where the prompt style has the query", () => {
    const told = { ...pair("How warm is it?", { city: "Rome" }), instruction: "Answer for Rome." };
    const context = { sample, siblings: [], checks: all };
    expect(findSynthesisFlaw(told, { ...context, queryOf })).toBe("not-grounded");
    expect(findSynthesisFlaw(told, { ...context, queryOf: joinQuery })).toBeNull();
  });

  it("reads schemas of every form", () => {
    const parameters = {
      $ref: "#/$defs/Weather",
      $defs: {
        Unit: { enum: ["metric", "imperial"] },
        Weather: {
          type: "object",
          properties: {
            city: { type: "string" },
            unit: { anyOf: [{ $ref: "#/$defs/Unit" }, { type: "null" }] },
            kind: { const: "short" },
            tags: { type: "array", items: { type: "string" }, default: ["sea", "sun"] },
          },
          required: ["city", "unit"],
          additionalProperties: false,
        },
      },
    };
    const context = {
      sample: { ...sample, tools: [{ name: "get_weather", description: "", parameters }] },
      siblings: [],
      checks: all,
      queryOf,
    };
    const check = (given: JsonObject) =>
      findSynthesisFlaw(pair("How warm is Rome?", given), context);
    expect(check({ city: "Rome", unit: "imperial", kind: "short" })).toBeNull();
    expect(check({ city: "Rome", unit: null })).toBeNull();
    expect(check({ city: "Rome" })).toBeNull();
    expect(check({ city: "Rome", tags: ["sea", "sun"] })).toBeNull();
    expect(check({ city: "Rome", tags: ["sea"] })).toBe("not-grounded");
    expect(check({ city: "Rome", unit: "other" })).toBe("not-grounded");
    expect(check({ city: "Rome", town: "Rome" })).toBe("unknown-argument");
    expect(check({ unit: "metric" })).toBe("missing-argument");
  });

  it("knows every argument of an open map", () => {
    const parameters = { type: "object", additionalProperties: { enum: ["a"] } };
    const tools = [{ name: "get_weather", description: "", parameters }];
    const context = { sample: { ...sample, tools }, siblings: [], checks: all, queryOf };
    const check = (given: JsonObject) => findSynthesisFlaw(pair("Rome?", given), context);
    expect(check({ x: "a", y: "rome" })).toBeNull();
    expect(check({ x: "b" })).toBe("not-grounded");
  });

  it("finds a repetition of the whole conversation, as grounded pairs have it", () => {
    const whole =
      "user: an earlier question\nassistant: an earlier answer\nuser: Weather in Paris, please";
    expect(flaw(pair(whole, { city: "Paris" }))).toBe("same-as-seed");
    const varied = whole.replace("Paris", "Rome");
    expect(flaw(pair(varied, { city: "Rome" }))).toBeNull();
  });

  it("does not compare with an earlier turn of the conversation", () => {
    expect(flaw(pair("an earlier question on Rome", { city: "Rome" }))).toBeNull();
  });
});

describe("parseSynthesisReply, by the rules of answers", () => {
  it("cuts reasoning off, drafts in it included", () => {
    const draft = JSON.stringify(pair("Draft?", { city: "Draft" }));
    const reply = `<think>Perhaps ${draft} or {</think>${JSON.stringify(good)}`;
    expect(parseSynthesisReply(reply)).toEqual({ pair: good });
    expect(parseSynthesisReply(`<think>${JSON.stringify(good)}`)).toEqual({ reason: "not-json" });
    const tagged = pair("Write </think> or <think>", { city: "</tool_call>" });
    expect(parseSynthesisReply(JSON.stringify(tagged))).toEqual({ pair: tagged });
  });

  it("keeps the digits of long numbers", () => {
    const text = JSON.stringify(pair("Which?", { id: 7 }));
    const exact = pair("Which?", { id: { $exactNumber: "1234567890123456789" } });
    expect(parseSynthesisReply(text.replace("7", "1234567890123456789"))).toEqual({ pair: exact });
  });

  it.each(['{"instruction":', '{"', "{}", "[", "</think>", "<think></think>", '"'])(
    "ends on %o repeated 50,000 times",
    (part) => {
      expect(parseSynthesisReply(part.repeat(50_000))).toHaveProperty("reason");
    },
  );

  it("refuses a pair that is longer than any training takes", () => {
    const text = JSON.stringify(pair("x".repeat(100_000), { city: "Rome" }));
    expect(parseSynthesisReply(text)).toEqual({ reason: "too-long" });
  });
});

describe("readSynthesisReply", () => {
  it("returns the pair or the first reason to draw again", () => {
    const context = { sample, siblings: [], checks: all, queryOf };
    expect(readSynthesisReply(JSON.stringify(good), context)).toEqual({ pair: good });
    expect(readSynthesisReply("{", context)).toEqual({ reason: "not-json" });
    const ungrounded = JSON.stringify(pair("How warm is Rome?", { city: "Milan" }));
    expect(readSynthesisReply(ungrounded, context)).toEqual({ reason: "not-grounded" });
  });

  it("reports truncation if that makes a reply unreadable, and accepts a complete pair", () => {
    const context = { sample, siblings: [], checks: all, queryOf, isCut: true };
    expect(readSynthesisReply("", context)).toEqual({ reason: "cut-off" });
    expect(readSynthesisReply('{"instruction": "How wa', context)).toEqual({ reason: "cut-off" });
    const whole = `${JSON.stringify(good)} And now`;
    expect(readSynthesisReply(whole, context)).toEqual({ pair: good });
    const unknown = JSON.stringify(pair("How warm is Rome?", { city: "Rome" }, "get_rain"));
    expect(readSynthesisReply(unknown, context)).toEqual({ reason: "unknown-tool" });
  });
});
