import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignBest } from "../../../../domain/scoring/assignment.js";

const anyTable = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(fc.boolean(), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

/** Largest number of pairs, by trying everything. */
function bruteForce(table: readonly (readonly boolean[])[], row = 0, used: number[] = []): number {
  const current = table[row];
  if (current === undefined) return 0;
  const skipped = bruteForce(table, row + 1, used);
  const taken = current.map((fits, column) =>
    fits && !used.includes(column) ? 1 + bruteForce(table, row + 1, [...used, column]) : 0,
  );
  return Math.max(skipped, ...taken);
}

describe("assignBest", () => {
  it("re-assigns where the first choice would block another", () => {
    expect(
      assignBest([
        [true, true],
        [true, false],
      ]),
    ).toEqual([1, 0]);
  });

  it("uses compatible pairs only, each item once, and as many as possible", () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const assigned = assignBest(table);
        const used = assigned.filter((right) => right !== null);
        expect(new Set(used).size).toBe(used.length);
        assigned.forEach((right, left) => {
          if (right !== null) expect(table[left]![right]).toBe(true);
        });
        expect(used.length).toBe(bruteForce(table));
      }),
    );
  });
});
