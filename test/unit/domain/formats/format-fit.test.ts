import fc from "fast-check";
import { expect, it } from "vitest";
import type { FitRow } from "../../../../domain/formats/format-fit.js";
import { chooseFitRow } from "../../../../domain/formats/format-fit.js";

const makeRow = (fields: Partial<FitRow>): FitRow => ({
  ...{ prompt: "paper", format: "list", queries: 16, readable: 16 },
  ...{ openingLogLikelihood: -1, correct: null, example: "" },
  ...fields,
});

it("takes the highest share of readable answers, whatever the opening", () => {
  const rows = [
    makeRow({ format: "tags", readable: 15, openingLogLikelihood: 0 }),
    makeRow({ format: "list", readable: 16, openingLogLikelihood: -9 }),
  ];
  expect(chooseFitRow(rows)?.format).toBe("list");
});

it("of equal shares takes the likeliest opening, then the first row", () => {
  const rows = [
    makeRow({ format: "tags", openingLogLikelihood: -2 }),
    makeRow({ format: "list" }),
    makeRow({ format: "xlam" }),
    makeRow({ format: "llama", openingLogLikelihood: null }),
  ];
  expect(chooseFitRow(rows)?.format).toBe("list");
});

it("takes none if no answer was readable", () => {
  expect(chooseFitRow([makeRow({ readable: 0 })])).toBeNull();
  expect(chooseFitRow([])).toBeNull();
});

it("no other row is better than the one taken", () => {
  const row = fc.record({
    readable: fc.integer({ min: 0, max: 16 }),
    openingLogLikelihood: fc.option(fc.double({ min: -50, max: 0, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), (fields) => {
      const rows = fields.map((each) => makeRow(each));
      const chosen = chooseFitRow(rows);
      const most = Math.max(...rows.map(({ readable }) => readable));
      if (chosen === null) return most === 0;
      const ties = rows.filter(({ readable }) => readable === most);
      const rank = ({ openingLogLikelihood: value }: FitRow): number => value ?? -Infinity;
      return chosen.readable === most && rank(chosen) === Math.max(...ties.map(rank));
    }),
  );
});
