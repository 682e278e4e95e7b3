import { describe, expect, it } from "vitest";
import { drawRecords } from "../../../../domain/methods/fine-tune.js";

const records = Array.from({ length: 344 }, (_, row) => row);
const from = { dataset: "toolrl-sft", seed: 0 };

describe("drawRecords", () => {
  it.each([1, 2, 4, 8])(
    "draws %i other records in each of five draws, and in each of five seeds",
    (n) => {
      const draws = [0, 1, 2, 3, 4].map((draw) =>
        drawRecords(records, from, { examples: n, draw }),
      );
      const seeds = [0, 1, 2, 3, 4].map((seed) =>
        drawRecords(records, { ...from, seed }, { examples: n, draw: 0 }),
      );
      for (const five of [draws, seeds]) {
        expect(five.map((rows) => new Set(rows).size)).toEqual([n, n, n, n, n]);
        expect(new Set(five.map(String)).size).toBe(5);
      }
    },
  );

  it("draws the same again, and more of the same for a larger n", () => {
    const four = drawRecords(records, from, { examples: 4, draw: 1 });
    expect(drawRecords(records, from, { examples: 4, draw: 1 })).toEqual(four);
    expect(drawRecords(records, from, { examples: 8, draw: 1 }).slice(0, 4)).toEqual(four);
  });

  it("takes all records if there are too few", () => {
    expect(drawRecords([1, 2], from, { examples: 8, draw: 0 }).sort()).toEqual([1, 2]);
  });
});
