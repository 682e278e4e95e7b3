import fc from "fast-check";
import { expect, it } from "vitest";
import { boundTexts } from "../../../../activities/support/bound-texts.js";

const MIB = 1024 * 1024;

it("keeps texts that fit as they are", () => {
  const texts = ["a".repeat(900_000), "😀"];
  expect(boundTexts(texts)).toBe(texts);
});

it.each([
  ["plain", "a"],
  ["of four bytes a character", "😀"],
  ["that JSON escapes", "\u0001"],
])("cuts giant texts %s to fewer than 2 MiB, each to its start", (_, character) => {
  const texts = [character.repeat(3_000_000), "short", character.repeat(1_000_000)];
  const bounded = boundTexts(texts);
  expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThan(1.01 * MIB);
  expect(bounded[1]).toBe("short");
  expect(bounded[0]!.length).toBeGreaterThan(50_000);
  for (const [index, text] of bounded.entries()) expect(texts[index]!.startsWith(text)).toBe(true);
});

it("never leaves half a character", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 }), (lead) => {
      const [text = ""] = boundTexts(["x".repeat(lead) + "😀".repeat(400_000)]);
      expect(/\p{Surrogate}/u.test(text)).toBe(false);
    }),
    { numRuns: 7 },
  );
});
