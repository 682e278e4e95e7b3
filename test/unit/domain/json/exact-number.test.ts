import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAnswer } from "../../../../domain/formats/parse-answer.js";
import {
  isExactNumber,
  readNumber,
  sameNumber,
  spellExactNumbers,
} from "../../../../domain/json/exact-number.js";
import { parseJson } from "../../../../domain/json/scan.js";
import { renderJson } from "../../../../domain/json/text.js";
import type { JsonValue } from "../../../../domain/json/value.js";
import { judgeAnswer } from "../../../../domain/scoring/judge-answer.js";
import { valuesMatch } from "../../../../domain/scoring/match-values.js";

const LONG = "1234567890123456789";

describe("reading numbers", () => {
  it.each([
    "0",
    "-0",
    "7",
    "1.0",
    "0.1",
    "1e3",
    "-2.5E-3",
    "9007199254740992",
    "1e308",
    "100000000000000000000",
  ])("a double holds %s", (text) => {
    expect(parseJson(`[${text}]`)).toEqual({ value: [JSON.parse(text) as number] });
  });

  it.each([
    LONG,
    "9007199254740993",
    "1e999",
    "-1e400",
    "0.1000000000000000055",
    "1e-400",
    "7".repeat(400),
  ])("the digits of %s stay", (text) => {
    expect(parseJson(`{"n": ${text}}`)).toEqual({ value: { n: { $exactNumber: text } } });
    expect(renderJson(parseJson(`{"n": ${text}}`)?.value as JsonValue)).toBe(`{"n": ${text}}`);
  });

  it("leaves texts, duplicate keys and prototypes as JSON.parse has them", () => {
    for (const text of [`{"a": "${LONG}", "a": 1}`, `{"__proto__": 1e3}`, `"${LONG}"`]) {
      expect(parseJson(text)).toEqual({ value: JSON.parse(text) as unknown });
    }
  });

  it.each([
    [`{"a": "__proto__", "n": 1e999}`, { a: "__proto__", n: { $exactNumber: "1e999" } }],
    [`{"\\"${LONG}": [${LONG}, "\\\\", 1]}`, { [`"${LONG}`]: [{ $exactNumber: LONG }, "\\", 1] }],
  ])("reads %s", (text, value) => {
    expect(parseJson(text)).toEqual({ value });
  });

  it.each([`0${LONG}`, `[${LONG}.]`, `{${LONG}: 1}`, `[${LONG} 1]`, `["${LONG}]`])(
    "does not read %s, which is no JSON",
    (text) => {
      expect(parseJson(text)).toBeNull();
    },
  );

  it("reads long numbers at any depth and length", () => {
    const deep = `${"[".repeat(50_000)}1e999${"]".repeat(50_000)}`;
    expect(parseJson(deep)).not.toBeNull();
    for (const digits of [
      "9".repeat(200_000),
      `1${"0".repeat(200_000)}1`,
      `1e${"9".repeat(200_000)}`,
    ]) {
      expect(parseJson(digits)).toEqual({ value: { $exactNumber: digits } });
      expect(sameNumber(digits, digits)).toBe(true);
      expect(sameNumber(digits, "7")).toBe(false);
    }
  });

  it("takes an object that spells an ordinary number so for an object", () => {
    expect(isExactNumber({ $exactNumber: "7" })).toBe(false);
  });

  it("reads every double as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readNumber(JSON.stringify(value))).toBe(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("keeps every integer", () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        const read = readNumber(String(value));
        expect(isExactNumber(read) ? BigInt(read.$exactNumber) : BigInt(read)).toBe(value);
      }),
    );
  });
});

describe("comparing numbers", () => {
  it.each([
    [LONG, `${LONG}.00`, true],
    [LONG, "1234567890123456788", false],
    ["1e999", "10e998", true],
    ["1e999", "1e1000", false],
    ["0e9", "-0.0", true],
    ["-5", "5", false],
    [".5", "0.50", true],
    ["1e99999999999999999999", "1e99999999999999999999", true],
    ["abc", "abc", false],
  ])("%s and %s: %s", (left, right, expected) => {
    expect(sameNumber(left, right)).toBe(expected);
  });

  it("compares integers exactly, also as text", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 9n }), (value, difference) => {
        const gold = readNumber(String(value)) as JsonValue;
        expect(valuesMatch(gold, readNumber(`${value}.0`) as JsonValue, "strict")).toBe(true);
        expect(valuesMatch(gold, String(value), "strict")).toBe(true);
        expect(
          valuesMatch(gold, readNumber(String(value + difference)) as JsonValue, "strict"),
        ).toBe(false);
      }),
    );
  });
});

describe("answers", () => {
  const tools = [
    {
      name: "find",
      description: "",
      parameters: { type: "object", properties: { id: { type: "integer" } } },
    },
  ];
  const judge = (gold: string, answer: string) =>
    judgeAnswer(
      parseAnswer(`[{"name": "find", "arguments": {"id": ${answer}}}]`),
      { calls: [{ name: "find", arguments: parseJson(`{"id": ${gold}}`)?.value as never }] },
      tools,
    ).correct;

  it.each([
    [LONG, LONG, true],
    [LONG, `"${LONG}"`, true],
    [LONG, "1234567890123456788", false],
    ["7", "1e999", false],
    ["7", "7".repeat(400), false],
  ])("gold %s against %s: %s", (gold, answer, expected) => {
    expect(judge(gold, answer)).toBe(expected);
  });

  it("a number is not an argument list", () => {
    expect(parseAnswer('[{"name": "find", "arguments": 1e999}]')).toEqual({
      reason: "arguments-not-object",
    });
  });
});

it("JSON texts spell numbers out, and text stays text", () => {
  const value = { n: { $exactNumber: "1e999" }, text: '{"$exactNumber":"7"}' };
  expect(spellExactNumbers(JSON.stringify(value))).toBe(
    '{"n":1e999,"text":"{\\"$exactNumber\\":\\"7\\"}"}',
  );
});

it.each(["-", "7", "+1e999", ".5e-400", "1e999 ", "01e999"])(
  "an object that spells %j is an object in every JSON text",
  (digits) => {
    const value = { $exactNumber: digits };
    expect(isExactNumber(value)).toBe(false);
    expect(spellExactNumbers(JSON.stringify([value]))).toBe(JSON.stringify([value]));
    expect(JSON.parse(renderJson([value]))).toEqual([value]);
  },
);

it.each([
  ["+1e999", "1e999"],
  [`00${LONG}`, `${LONG}e0`],
  [".5e-400", "5e-401"],
])("the number %s is spelled as JSON has it", (text, digits) => {
  expect(readNumber(text)).toEqual({ $exactNumber: digits });
  expect(isExactNumber(readNumber(text))).toBe(true);
});
