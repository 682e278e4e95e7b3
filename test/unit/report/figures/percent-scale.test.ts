import { describe, expect, it } from "vitest";
import { percentScale } from "../../../../report/figures/percent-scale.js";

describe("percentScale", () => {
  it("leaves the ends to the figure if values differ", () => {
    expect(percentScale([{ accuracy: 3 }, { accuracy: 1 }, { accuracy: 2 }])).toEqual({
      zero: false,
      nice: true,
    });
    expect(percentScale([])).toEqual({ zero: false, nice: true });
  });

  it.each([
    [0, [0, 5]],
    [40, [35, 45]],
    [100, [95, 100]],
  ])("has a length if every value is %d", (value, domain) => {
    expect(percentScale([{ accuracy: value }, { accuracy: value }])).toEqual({
      zero: false,
      nice: true,
      domain,
    });
  });
});
