import fc from "fast-check";
import type { ToolCall } from "../../../../domain/samples/tool-call.js";

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(
    "",
    "it's",
    'a "quote"',
    "back\\slash",
    "line\nbreak",
    "\b\f\t",
    "ends )]",
    "{}[]",
  ),
);
const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    anyText,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      anyText.filter((key) => key !== "__proto__"),
      tie("value"),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  ),
})).value;
/** A call that every format can write. */
export const anyCall = fc.record(
  {
    name: fc.stringMatching(/^[A-Za-z_][\w.-]{0,20}$/),
    arguments: fc.dictionary(
      fc.stringMatching(/^[a-zA-Z_]\w{0,10}$/).filter((key) => key !== "__proto__"),
      anyValue,
      { maxKeys: 4, noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<ToolCall>;
