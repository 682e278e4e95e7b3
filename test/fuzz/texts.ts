import fc from "fast-check";

const FRAGMENTS = [
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  ",",
  ":",
  ";",
  "\\",
  " ",
  "\n",
  "<tool_call>",
  "</tool_call>",
  "<think>",
  "</think>",
  "```json",
  "```",
  '"name"',
  '"arguments"',
  '"parameters"',
  '"function"',
  '{"name": "go", "arguments": {"a": 1}}',
  '{"name": "go", "arguments": "{\\"a\\": 1}"}',
  "{'name': 'go'}",
  "[]",
  "{}",
  "1e999",
  "1234567890123456789",
  "-0.5",
  "null",
  "True",
  "__proto__",
  "\\u0000",
  "\\ud83d",
  "\ud83d",
  "I cannot.",
  '{"$exactNumber":"-"}',
  '{"$exactNumber":"+1e999"}',
];

/** Names that calls, schemas and gold share, so that they meet. */
const anyName = fc.constantFrom("go", "a", "b", "constructor", "__proto__", "");

/** JSON values as texts spell them, numbers that no double holds among them. */
export const anyJson = fc.oneof(
  { weight: 4, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom("1e999", "1234567890123456789", "0.1", "\"[1, 'a']\"") },
);

/** A list of calls as JSON text. */
export const anyCalls = fc
  .array(
    fc
      .tuple(anyName, fc.array(fc.tuple(anyName, anyJson), { maxLength: 3 }))
      .map(
        ([name, given]) =>
          `{"name": ${JSON.stringify(name)}, "arguments": {${given
            .map(([key, value]) => `${JSON.stringify(key)}: ${value}`)
            .join(", ")}}}`,
      ),
    { maxLength: 4 },
  )
  .map((calls) => `[${calls.join(", ")}]`);

/** What a model may write: calls, fragments of them, one part over and over, calls cut or broken somewhere. */
export const anyAnswer = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS)).map((parts) => parts.join("")) },
  { weight: 2, arbitrary: anyCalls },
  {
    weight: 3,
    arbitrary: fc
      .tuple(anyCalls, fc.nat(), fc.constantFrom("", ...FRAGMENTS), fc.nat(3))
      .map(([text, place, part, length]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + part + text.slice(at + length);
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 3 }), fc.nat(500))
      .map(([parts, times]) => parts.join("").repeat(times)),
  },
  { weight: 1, arbitrary: fc.string() },
);
