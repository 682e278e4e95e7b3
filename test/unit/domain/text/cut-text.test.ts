import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText, hasLoneSurrogate, shortenText } from "../../../../domain/text/cut-text.js";

const text = fc.string({ unit: "binary", maxLength: 12 });
const length = fc.nat({ max: 14 });

describe("cutText", () => {
  it("leaves an emoji out rather than splitting it", () => {
    expect(cutText("ab😀cd", 3)).toBe("ab");
    expect(cutText("ab😀cd", 4)).toBe("ab😀");
    expect(cutText("😀", 1)).toBe("");
  });

  it("keeps a text whole that fits, and cuts others at exactly the length", () => {
    expect(cutText("abc", 3)).toBe("abc");
    expect(cutText("abcd", 3)).toBe("abc");
    expect(cutText("abc", 0)).toBe("");
  });

  it("returns a well-formed prefix of any well-formed text, at most one unit short", () => {
    fc.assert(
      fc.property(text, length, (whole, limit) => {
        const cut = cutText(whole, limit);
        expect(whole.startsWith(cut)).toBe(true);
        expect(hasLoneSurrogate(cut)).toBe(false);
        expect(cut.length).toBeLessThanOrEqual(limit);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(limit, whole.length) - 1);
      }),
    );
  });
});

describe("shortenText", () => {
  it("marks what it cuts", () => {
    expect(shortenText("abcdef", 6)).toBe("abcdef");
    expect(shortenText("abcdefg", 6)).toBe("abc...");
    expect(shortenText("abcdefg", 6, "…")).toBe("abcde…");
    expect(shortenText("ab😀defg", 6)).toBe("ab...");
  });

  it("returns well-formed text that fits", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 14 }), (whole, limit) => {
        const short = shortenText(whole, limit);
        expect(short.length).toBeLessThanOrEqual(limit);
        expect(hasLoneSurrogate(short)).toBe(false);
      }),
    );
  });
});

describe("hasLoneSurrogate", () => {
  it.each([
    ["", false],
    ["a😀b", false],
    ["a\ud83d", true],
    ["\ude00a", true],
    ["\ude00\ud83d", true],
  ])("of %j: %s", (given, expected) => {
    expect(hasLoneSurrogate(given)).toBe(expected);
  });
});
