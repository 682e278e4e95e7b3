import { describe, expect, it } from "vitest";
import { readAcceptedCall } from "../../../datasets/bfcl-accepted.js";

describe("readAcceptedCall", () => {
  it("keeps plain alternatives and leaves optional arguments out of the call itself", () => {
    expect(
      readAcceptedCall("find", { city: ["Paris", "Paris, France"], unit: ["km", ""] }),
    ).toEqual({
      name: "find",
      arguments: { city: "Paris" },
      accepted: { city: ["Paris", "Paris, France"], unit: ["km", ""] },
    });
  });

  it("writes out the alternatives inside objects, and objects inside lists", () => {
    const { accepted } = readAcceptedCall("find", {
      where: [{ subject: ["Science"], school: ["High", "HS"], year: [2020, ""] }],
      ranges: [[{ from: [1, 2] }, 5]],
    });
    expect(accepted?.["where"]).toEqual([
      { subject: "Science", school: "High", year: 2020 },
      { subject: "Science", school: "High" },
      { subject: "Science", school: "HS", year: 2020 },
      { subject: "Science", school: "HS" },
    ]);
    expect(accepted?.["ranges"]).toEqual([
      [{ from: 1 }, 5],
      [{ from: 2 }, 5],
    ]);
  });

  it("refuses a value that stands for more alternatives than any sane record has", () => {
    const digits = Array.from({ length: 10 }, (_, digit) => digit);
    const bomb = Object.fromEntries(["a", "b", "c", "d", "e"].map((key) => [key, digits]));
    expect(() => readAcceptedCall("find", { where: [bomb] })).toThrow(
      new RangeError("a gold value stands for more than 5000 alternatives"),
    );
  });
});
