import { describe, expect, it } from "vitest";
import { readAcceptedCall } from "../../../datasets/bfcl-accepted.js";
import { recordInvalid } from "../../../datasets/dataset-errors.js";

const refuse = (problem: string) => recordInvalid("answers.json", "line 1", problem);

describe("readAcceptedCall", () => {
  it("keeps plain alternatives and leaves optional arguments out of the call itself", () => {
    expect(
      readAcceptedCall("find", { city: ["Paris", "Paris, France"], unit: ["km", ""] }, refuse),
    ).toEqual({
      name: "find",
      arguments: { city: "Paris" },
      accepted: { city: ["Paris", "Paris, France"], unit: ["km", ""] },
    });
  });

  it("writes out the alternatives inside objects, and objects inside lists", () => {
    const given = {
      where: [{ subject: ["Science"], school: ["High", "HS"], year: [2020, ""] }],
      ranges: [[{ from: [1, 2] }, 5]],
    };
    const { accepted } = readAcceptedCall("find", given, refuse);
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

  const digits = Array.from({ length: 10 }, (_, digit) => digit);
  const spread = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, digits]));

  it.each([
    ["inside an object", [spread(4)]],
    ["inside a list", [[spread(3), spread(1)]]],
    ["in several values", [spread(3), spread(3), spread(3), spread(3), spread(3), 1]],
    ["in steps that would fill the memory", [spread(60)]],
  ])("refuses more than 5000 alternatives %s", (_, where) => {
    expect(() => readAcceptedCall("find", { where }, refuse)).toThrow(
      'the argument "where" of "find" stands for more than 5000 values',
    );
  });

  it("takes 5000 alternatives", () => {
    const where = [1, 2, 3, 4, 5].map(() => spread(3));
    expect(readAcceptedCall("find", { where }, refuse).accepted?.["where"]).toHaveLength(5000);
  });

  it("refuses an argument without an accepted value", () => {
    expect(() => readAcceptedCall("find", { city: [] }, refuse)).toThrow(
      'the argument "city" of "find" has no accepted value',
    );
    expect(() => readAcceptedCall("find", { at: [{ city: [] }] }, refuse)).toThrow(
      'the argument "at" of "find" has no accepted value',
    );
  });
});
