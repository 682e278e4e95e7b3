import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../domain/json/value.js";
import type { Sample, Tool } from "../../../domain/samples/sample.js";
import type { SyntheticPair } from "../../../domain/units/trace.js";
import { getPromptStyle, PROMPT_STYLE_NAMES } from "../../../prompts/index.js";
import { renderJson } from "../../../domain/json/text.js";
import { renderSignature } from "../../../prompts/signature.js";

const compactStyle = getPromptStyle("compact");

const PRICE: Tool = {
  name: "get_lamp_price",
  description: "Price of a lamp",
  parameters: {
    type: "object",
    properties: {
      name: { type: "string" },
      days: { type: "integer", default: 7 },
      unit: { type: "string", enum: ["euro", "dollar"], default: "euro" },
    },
    required: ["name"],
  },
};
const PING: Tool = {
  name: "ping",
  description: "",
  parameters: { type: "object", properties: {} },
};

function sampleOf(messages: Sample["messages"]): Sample {
  return { key: "0-abc", dataset: "d", row: 0, messages, tools: [PRICE, PING] };
}

const SAMPLE = sampleOf([{ role: "user", content: "What does Orlo cost?" }]);
const PAIR: SyntheticPair = {
  instruction: "Cost of Vela",
  input: "",
  output: [{ name: "get_lamp_price", arguments: { name: "Vela", days: 3 } }],
};
const SYSTEM =
  'Call tools with <tool_call>[{"name": "tool", "arguments": {"key": "value"}}]</tool_call>. ' +
  "If no tool fits: <tool_call>[]</tool_call>.\nTools:\n" +
  "get_lamp_price(name, days?: integer = 7, unit?: euro/dollar = euro) - Price of a lamp\nping()";

describe("renderSignature", () => {
  it("reads Python type names and the per-property required flag of Seal-Tools", () => {
    const tool: Tool = {
      name: "getLoan",
      description: "Loan\n  terms",
      parameters: {
        type: "object",
        properties: {
          amount: { type: "float", required: true },
          person: { type: "str" },
          ids: { type: "list", items: { type: "int" } },
          place: { type: "object", properties: { city: { type: "str" } }, required: ["city"] },
        },
      },
    };
    expect(renderSignature(tool)).toBe(
      "getLoan(amount: number, person?, ids?: integer[], place?: {city}) - Loan terms",
    );
  });

  it("cuts a long description at a word and a long enum after eight values", () => {
    const values = Array.from({ length: 10 }, (_, index) => `v${index}`);
    const tool: Tool = {
      name: "t",
      description: "word ".repeat(60),
      parameters: {
        type: "object",
        properties: { e: { type: "string", enum: values } },
        required: ["e"],
      },
    };
    const text = renderSignature(tool);
    expect(text.startsWith("t(e: v0/v1/v2/v3/v4/v5/v6/v7/...) - word word")).toBe(true);
    expect(text.endsWith("word ...")).toBe(true);
    expect(text.length).toBeLessThan(220);
  });

  it.each<[string, JsonObject, string]>([
    [
      "a nullable enum",
      { anyOf: [{ type: "string", enum: ["m", "i"] }, { type: "null" }] },
      "a?: m/i",
    ],
    ["a strict enum", { type: ["string", "null"], enum: ["m", "i"] }, "a?: m/i"],
    ["nullable text", { type: ["string", "null"] }, "a?"],
    ["a reference", { $ref: "#/$defs/Unit" }, "a: m/i = m"],
    ["its own default", { $ref: "#/$defs/Unit", default: "i" }, "a: m/i = i"],
    ["a constant", { const: "x" }, "a: x"],
    ["titled constants", { oneOf: [{ const: "x", title: "X" }, { const: 2 }] }, "a: x/2"],
    ["a union", { anyOf: [{ type: "integer" }, { type: "string" }] }, "a: integer/string"],
    ["a list of a union", { items: { type: ["integer", "string"] } }, "a: (integer/string)[]"],
    ["a list of references", { type: "array", items: { $ref: "#/$defs/Unit" } }, "a: m/i[]"],
    ["a map", { type: "object", additionalProperties: { type: "integer" } }, "a: {...: integer}"],
    ["a map of anything", { type: "object", additionalProperties: true }, "a: object"],
    ["an object that contains itself", { $ref: "#/$defs/Node" }, "a: {next?: object}"],
    ["null alone", { type: "null" }, "a?: null"],
    ["what cannot be followed", { $ref: "https://example.com/x.json" }, "a"],
  ])("spells out %s", (_, schema, expected) => {
    const parameters = {
      type: "object",
      properties: { a: schema, b: null },
      required: ["a"],
      $defs: {
        Unit: { enum: ["m", "i"], default: "m" },
        Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } },
      },
    };
    expect(renderSignature({ name: "t", description: "", parameters })).toBe(`t(${expected})`);
  });

  it.each<[string, JsonObject, string]>([
    [
      "a reference",
      { $ref: "#/$defs/A", $defs: { A: { properties: { a: {} }, required: ["a"] } } },
      "t(a)",
    ],
    [
      "parts",
      { allOf: [{ properties: { a: {} } }, { properties: { b: { type: "int" } } }] },
      "t(a?, b?: integer)",
    ],
    ["a map", { type: "object", additionalProperties: { type: "integer" } }, "t(...: integer)"],
    ["unreadable", { $ref: "https://example.com/x.json" }, "t(...)"],
  ])("spells out a root that is %s", (_, parameters, expected) => {
    expect(renderSignature({ name: "t", description: "", parameters })).toBe(expected);
  });

  it("survives a schema without properties", () => {
    expect(renderSignature({ name: "t", description: "d", parameters: {} })).toBe("t() - d");
  });
});

describe("renderJson", () => {
  it("is JSON that parses to the same value, with a space after each comma and colon", () => {
    expect(renderJson({ a: [1, "x, y"], b: { c: null } })).toBe(
      '{"a": [1, "x, y"], "b": {"c": null}}',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as never;
        expect(JSON.parse(renderJson(json))).toEqual(json);
      }),
    );
  });
});

describe("compactStyle", () => {
  it("shows the tools in the system message and the query as it is", () => {
    expect(compactStyle.answerMessages(SAMPLE)).toEqual([
      { role: "system", content: SYSTEM },
      { role: "user", content: "What does Orlo cost?" },
    ]);
  });

  it("shows examples as earlier turns", () => {
    const messages = compactStyle.answerMessages(SAMPLE, { examples: [{ ...PAIR, input: "now" }] });
    expect(messages.slice(1)).toEqual([
      { role: "user", content: "Cost of Vela\nnow" },
      {
        role: "assistant",
        content:
          '<tool_call>[{"name": "get_lamp_price", "arguments": {"name": "Vela", "days": 3}}]</tool_call>',
      },
      { role: "user", content: "What does Orlo cost?" },
    ]);
  });

  it("puts the sample's own system text after the tools and keeps the turns of a conversation", () => {
    const sample = sampleOf([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
      { role: "user", content: "Ping" },
    ]);
    const messages = compactStyle.answerMessages(sample);
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(messages[0]?.content).toBe(`${SYSTEM}\nBe brief.`);
    expect(compactStyle.synthesisMessages(sample)[1]?.content).toContain(
      "Request: user: Hi\nassistant: Hello\nuser: Ping",
    );
    expect(compactStyle.pairSample(sample, PAIR).messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Cost of Vela" },
    ]);
  });

  it("asks for a synthetic example with the same system message and the seed query", () => {
    expect(compactStyle.synthesisMessages(SAMPLE)).toEqual([
      { role: "system", content: SYSTEM },
      {
        role: "user",
        content:
          'Write a similar new request and its calls as JSON {"instruction", "input", "output"}.\n' +
          "Request: What does Orlo cost?",
      },
    ]);
  });

  it("renders every answer with calls so that it begins with the opening and the name", () => {
    expect(compactStyle.format.render([])).toBe("<tool_call>[]</tool_call>");
    const answer = compactStyle.format.render(PAIR.output);
    expect(
      answer.startsWith(
        `${compactStyle.format.opening}get_lamp_price${compactStyle.format.nameClosing}`,
      ),
    ).toBe(true);
  });

  it("renders a synthesis reply that parses back to the pair", () => {
    const text = compactStyle.renderSynthesis(PAIR);
    expect(text).toBe(
      '{"instruction": "Cost of Vela", "input": "", "output": ' +
        '[{"name": "get_lamp_price", "arguments": {"name": "Vela", "days": 3}}]}',
    );
    expect(JSON.parse(text)).toEqual(PAIR);
  });

  it("has the hash of the wording that the bundled model was trained on", () => {
    expect(compactStyle.hash).toBe(
      "aef5e93d65174dec6b312de9b92ca5e53a4aa0187cee389522a688958dad5f63",
    );
  });
});

describe("getPromptStyle", () => {
  it("finds each style by its name", () => {
    expect(PROMPT_STYLE_NAMES.map((name) => getPromptStyle(name).name)).toEqual(PROMPT_STYLE_NAMES);
  });

  it("names the choices when there is no such style", () => {
    expect(() => getPromptStyle("grand")).toThrow('Unknown prompt style "grand".');
    try {
      getPromptStyle("grand");
    } catch (error) {
      expect(error).toMatchObject({
        code: "PROMPT_STYLE_UNKNOWN",
        hint: "Use one of: compact, native, paper.",
      });
    }
  });
});
