import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldString, softStringsMatch } from "../../../../domain/scoring/match-strings.js";

describe("softStringsMatch", () => {
  it.each([
    ["fatigued", "fatigue"],
    ["fatigue", "fatigous"],
    ["fatigued", "fatigous"],
    ["catalogue", "catalog"],
    ["New York", "new  york "],
    ["\u201cHeat\u201d", '"heat"'],
    ["don\u2019t stop", "don't stop"],
    ["Straße", "STRASSE"],
    ["ｆｕｌｌ width", "full width"],
    ["running shoes.", "Running Shoe"],
    ["(jazz)", "jazz"],
    ["<b>", "b"],
    ['"5"', "5"],
    ['("5").', "5"],
    ['"Heat."', "heat"],
    ['Heat"', "heat"],
    ["the dogs'", "the dogs"],
    ["use the key 'a1'.", "use the key 'a1"],
    ["the year 1999", "The years 1999"],
  ])("matches %o and %o", (left, right) => {
    expect(softStringsMatch(left, right)).toBe(true);
    expect(softStringsMatch(right, left)).toBe(true);
  });

  it.each([
    ["policy", "police"],
    ["internet", "internal"],
    ["-5", "5"],
    ["<5", "5"],
    [">5", "5"],
    ["5>", "5"],
    ["<5 mg", "5 mg"],
    ["5'", "5"],
    ['5"', "5"],
    ["5\u2033", "5"],
    ["5'", '5"'],
    ["5'10\"", "5'10"],
    [".5", "5"],
    ["?", "!"],
    ["room 12", "room 13"],
    ["12th", "12ths"],
    ["getItem", "getItems"],
    ["order_item", "order_items"],
    ["files/report", "files/reports"],
    ["a@example.com", "a@examples.com"],
    ["red shoe", "red shoe store"],
    ["", "a"],
  ])("keeps %o and %o apart", (left, right) => {
    expect(softStringsMatch(left, right)).toBe(false);
    expect(softStringsMatch(right, left)).toBe(false);
  });

  it("is reflexive and symmetric", () => {
    const word = fc.constantFrom(
      "fatigue",
      "Fatigued",
      "getItems",
      "12",
      "-",
      "policies",
      "(x)",
      "ß",
    );
    const phrase = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.array(word, { maxLength: 3 }).map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(phrase, phrase, (left, right) => {
        expect(softStringsMatch(left, left)).toBe(true);
        expect(softStringsMatch(left, right)).toBe(softStringsMatch(right, left));
      }),
    );
  });
});

describe("foldString", () => {
  it("overlooks case and surrounding whitespace of any Latin text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(foldString(`  ${text.toUpperCase()}\n`)).toBe(foldString(text.toLowerCase()));
      }),
    );
  });
});
