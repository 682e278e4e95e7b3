import { describe, expect, it } from "vitest";
import { formatMilliseconds } from "../../../../domain/text/format-milliseconds.js";

describe("formatMilliseconds", () => {
  it.each([
    [0, "0 ms"],
    [0.42, "0.4 ms"],
    [35.4, "35 ms"],
    [1234, "1.2 s"],
  ])("writes %d as %s", (milliseconds, text) => {
    expect(formatMilliseconds(milliseconds)).toBe(text);
  });
});
