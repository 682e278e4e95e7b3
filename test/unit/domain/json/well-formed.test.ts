import fc from "fast-check";
import { expect, test } from "vitest";
import { replaceLoneSurrogates } from "../../../../domain/json/well-formed.js";
import type { JsonValue } from "../../../../domain/json/value.js";

test.each([
  ["a\ud83d", "a\ufffd"],
  ["\ude00b", "\ufffdb"],
  ["\ud83d\ude00", "\ud83d\ude00"],
  ["\\ud83d", "\\ud83d"],
  ["\\\ud83d", "\\\ufffd"],
  ['"\u001b\n', '"\u001b\n'],
])("the text %j is sent as %j", (text, sent) => {
  expect(JSON.parse(replaceLoneSurrogates(JSON.stringify({ [text]: [text] })))).toEqual({
    [sent]: [sent],
  });
});

test("any JSON keeps everything but its lone surrogates", () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  const text = fc.oneof(
    fc.string({ unit }),
    fc.string(),
    fc.constantFrom("\\ud83d", "\\u", "\ud83d"),
  );
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const read = JSON.parse(replaceLoneSurrogates(JSON.stringify(texts))) as JsonValue;
      expect(read).toEqual(texts.map((each) => each.toWellFormed()));
    }),
  );
});
