import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasLoneSurrogate } from "../../../domain/text/cut-text.js";
import { renderSignature } from "../../../prompts/signature.js";

const describeTool = (description: string): string =>
  renderSignature({ name: "now", description, parameters: {} });

describe("renderSignature", () => {
  it("cuts a long description at a word, or before the character that does not fit", () => {
    expect(describeTool(`${"word ".repeat(40)}end`)).toBe(`now() - ${"word ".repeat(31)}word ...`);
    expect(describeTool(`${"x".repeat(159)}😀 more`)).toBe(`now() - ${"x".repeat(159)} ...`);
  });

  it("never contains a lone surrogate", () => {
    const units = fc.constantFrom("😀", "x", "𠮷", " ");
    const long = fc.array(units, { minLength: 150, maxLength: 170 });
    fc.assert(
      fc.property(long, (characters) => {
        expect(hasLoneSurrogate(describeTool(characters.join("")))).toBe(false);
      }),
    );
  });
});
