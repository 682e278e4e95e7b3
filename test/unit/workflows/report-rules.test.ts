import fc from "fast-check";
import { expect, it } from "vitest";
import type { PartitionReport } from "../../../contracts/messages.js";
import { isWorthReporting, isWorthReportingLast } from "../../../workflows/report-rules.js";

const EMPTY: PartitionReport = {
  ...{ partition: 0, answered: 0, failed: 0, firstError: null, sameError: true },
};

/** Runs units one by one and returns the counts that were reported. */
function report(
  fails: readonly boolean[],
  options: { readonly partitions?: number; readonly isInformed?: boolean } = {},
): PartitionReport[] {
  const { partitions = 4, isInformed = false } = options;
  const sent: PartitionReport[] = [];
  let now = EMPTY;
  let reported = EMPTY;
  for (const isFailed of fails) {
    const answered = now.answered + (isFailed ? 0 : 1);
    const baseAnswers = { answered: Math.min(20, answered), unreadable: 0 };
    now = { ...now, answered, failed: now.failed + (isFailed ? 1 : 0), baseAnswers };
    if (!isWorthReporting({ reported, now, partitions }, isInformed)) continue;
    sent.push(now);
    reported = now;
  }
  return sent;
}

const units = (count: number, isFailed: boolean): boolean[] =>
  Array.from({ length: count }, () => isFailed);

it("a partition of 1,000 answers reports five times, and not at all to an informed root", () => {
  const answered = report(units(1000, false)).map((each) => each.answered);
  expect(answered).toEqual([1, 5, 10, 15, 20]);
  expect(report(units(1000, false), { partitions: 1 }).map((each) => each.answered)).toEqual([
    1, 20,
  ]);
  expect(report(units(1000, false), { isInformed: true })).toEqual([]);
});

it("reports ten failures one by one, then each time that there are a quarter more", () => {
  const failed = report(units(60, true)).map((each) => each.failed);
  expect(failed).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 17, 22, 28, 35, 44, 55]);
});

it("the root never misses the first answer, nor more than a fifth of the failures", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 400 }), (fails) => {
      const sent = report(fails);
      const failed = fails.filter(Boolean).length;
      expect(sent.length).toBeLessThan(40);
      expect(sent.some((each) => each.answered > 0)).toBe(fails.includes(false));
      expect(sent.at(-1)?.failed ?? 0).toBeGreaterThanOrEqual(Math.floor(failed * 0.8));
    }),
  );
});

it("the root knows of twenty base answers, wherever they are, before it has missed another twenty", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 8 }), (sizes) => {
      const counts = sizes.map((size) => {
        const told = report(units(size, false), { partitions: sizes.length }).at(-1) ?? EMPTY;
        return { told: told.baseAnswers?.answered ?? 0, answered: Math.min(20, size) };
      });
      const [told, answered] = [
        counts.reduce((sum, each) => sum + each.told, 0),
        counts.reduce((sum, each) => sum + each.answered, 0),
      ];
      expect(answered - told).toBeLessThan(20);
    }),
  );
});

it("a partition's end reports base answers that the root does not know of", () => {
  const at = (answered: number) => ({ ...EMPTY, baseAnswers: { answered, unreadable: 0 } });
  const ends = (told: number, answered: number, isInformed = false) =>
    isWorthReportingLast({ reported: at(told), now: at(answered) }, isInformed);
  expect(ends(1, 6)).toBe(true);
  expect(ends(6, 6)).toBe(false);
  expect(ends(1, 6, true)).toBe(false);
});
