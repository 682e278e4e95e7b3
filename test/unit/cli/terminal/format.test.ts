import { describe, expect, it } from "vitest";
import {
  formatBar,
  formatColumns,
  formatDuration,
  indent,
  shorten,
} from "../../../../cli/terminal/format.js";

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [-3, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [125, "2 min 05 s"],
    [3600, "1 h 00 min"],
    [7 * 3600 + 7 * 60 + 59, "7 h 07 min"],
  ])("writes %d seconds as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe("text helpers", () => {
  it("shorten to one line of the width", () => {
    expect(shorten("a\n  b", 10)).toBe("a b");
    expect(shorten("abcdefgh", 5)).toBe("abcd…");
    expect(shorten("abcde", 5)).toBe("abcde");
  });

  it("align columns, numbers to the right, without trailing blanks", () => {
    const rows = [
      ["base", "5"],
      ["tt-si-all", "120"],
    ];
    expect(formatColumns(["variant", "units"], rows, [1])).toEqual([
      "variant    units",
      "base           5",
      "tt-si-all    120",
    ]);
  });

  it("draw bars of a fixed length", () => {
    expect(formatBar(0.5, 4)).toBe("██░░");
    expect(formatBar(-1, 4)).toBe("░░░░");
    expect(formatBar(2, 4)).toBe("████");
  });

  it("indent every line that has text", () => {
    expect(indent("a\n\nb", 2)).toBe("  a\n\n  b");
  });
});
