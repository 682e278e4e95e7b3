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
  it("reassigns if the first choice would block another", () => {
    expect(assignBest(2, 2, (left, right) => left === 0 || right === 0)).toEqual([1, 0]);
  });

  it("asks once per item where both lists are in the same order", () => {
    let questions = 0;
    const assigned = assignBest(9_000, 9_000, (left, right) => {
      questions += 1;
      return left === right;
    });
    expect(assigned.every((right, left) => right === left)).toBe(true);
    expect(questions).toBe(9_000);
  });

  it("moves a whole chain of earlier items on, however long", () => {
    const count = 2_000;
    // All but the last item fit their own place and the next; the last fits the first place alone.
    const assigned = assignBest(count, count, (left, right) =>
      left === count - 1 ? right === 0 : right === left || right === left + 1,
    );
    expect(assigned).toEqual([...Array.from({ length: count - 1 }, (_, left) => left + 1), 0]);
  });

  it("gives up after 17 items without a partner", () => {
    let questions = 0;
    const assigned = assignBest(9_000, 9_000, () => {
      questions += 1;
      return false;
    });
    expect(assigned.every((right) => right === null)).toBe(true);
    expect(questions).toBe(17 * 9_000);
  });

  it("uses compatible pairs only, each item once, and as many as possible", () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const assigned = assignBest(
          table.length,
          table[0]!.length,
          (left, right) => table[left]![right]!,
        );
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
