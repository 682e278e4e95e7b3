import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeControlsInJson, showControls } from "../../../../domain/text/control-characters.js";

/** Any UTF-16 unit, the first 256 often. */
const text = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 0xffff }))
    .map((code) => String.fromCharCode(code)),
});

test.each([
  ["\u001b[2J\u001b]0;title\u0007", "\\x1b[2J\\x1b]0;title\\x07"],
  ["\u009b31mred\u009d\u0080", "\\x9b31mred\\x9d\\x80"],
  ["a\rb\bc\u0000\u007f", "a\\x0db\\x08c\\x00\\x7f"],
  ["abc\u202edcba\u202c \u2066x\u2069 \u200f", "abc\\u202edcba\\u202c \\u2066x\\u2069 \\u200f"],
  ["a\tb\nc é 日本 😀 🏴\u200d☠", "a\tb\nc é 日本 😀 🏴\u200d☠"],
])("%j is shown as %s", (given, shown) => {
  expect(showControls(given)).toBe(shown);
});

test("nothing that Unicode calls a control or a control of direction is left", () => {
  fc.assert(
    fc.property(text, (given) => {
      const shown = showControls(given);
      expect(shown.replace(/[\t\n]/g, "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(showControls(shown)).toBe(shown);
    }),
  );
});

test("JSON keeps its meaning and has no control character", () => {
  fc.assert(
    fc.property(fc.dictionary(text, fc.array(text)), (value) => {
      const json = escapeControlsInJson(JSON.stringify(value));
      expect(json).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(value));
    }),
  );
});
