import { describe, expect, it } from "vitest";
import type { GoldSample } from "../../../domain/samples/sample.js";
import { scoreHammer } from "../../../report/statistics/hammer-scores.js";
import { renderRescoring } from "../../../report/rescore/render-rescoring.js";
import { rescoreSweep } from "../../../report/rescore/rescore-sweep.js";
import { judgeAgain } from "../../../report/rescore/scorers.js";
import { makeSample } from "../store/fixtures.js";
import { makeReportSweep } from "./fixtures.js";

function goldFor(given: Record<string, string>): GoldSample {
  return { ...makeSample(0), gold: { calls: [{ name: "get", arguments: given }] } };
}

const answer = (given: Record<string, string>) =>
  JSON.stringify([{ name: "get", arguments: given }]);

describe("scoreHammer", () => {
  const { units, samples } = makeReportSweep();
  const answers = units.filter(({ variant }) => variant === "base");

  it("scores plain gold but not sets of accepted values", () => {
    expect(scoreHammer(answers, samples)?.names.f1).toBeGreaterThan(0);
    const accepting = new Map(
      [...samples].map(([id, each]) => {
        const calls = each.gold.calls.map((call) => ({ ...call, accepted: { of: ["a", "b"] } }));
        return [id, { ...each, gold: { calls } }];
      }),
    );
    expect(scoreHammer(answers, accepting)).toBeNull();
  });
});

describe("judgeAgain", () => {
  const gold = goldFor({ city: "Fatigued", api_key: "abc" });

  it("ignores keys only under no-keys", () => {
    const text = answer({ city: "fatigue" });
    expect(judgeAgain(text, gold, "no-keys")).toMatchObject({ correct: true, verdict: "" });
    expect(judgeAgain(text, gold, "soft")).toMatchObject({
      correct: false,
      verdict: "argument:api_key",
    });
  });

  it("compares strings exactly under strict", () => {
    const text = answer({ city: "fatigue", api_key: "abc" });
    expect(judgeAgain(text, gold, "soft").correct).toBe(true);
    expect(judgeAgain(text, gold, "strict")).toMatchObject({ correct: false, verdict: "strict" });
  });

  it("requires every name and argument under hammer", () => {
    expect(judgeAgain(answer({ city: "Fatigued", api_key: "abc" }), gold, "hammer").correct).toBe(
      true,
    );
    expect(judgeAgain(answer({ city: "Fatigued" }), gold, "hammer").correct).toBe(false);
  });

  it("recognizes an unparsable answer", () => {
    expect(judgeAgain("no call", gold, "soft")).toMatchObject({
      outcome: "unparsable",
      correct: false,
      calls: null,
    });
  });
});

describe("rescoreSweep", () => {
  it("changes nothing under the rules that judged the sweep", () => {
    const rescoring = rescoreSweep(makeReportSweep(), "soft");
    expect(rescoring).toMatchObject({ changed: [], skipped: 0 });
    expect(rescoring.variants.map(({ variant, stored, now }) => [variant, stored, now])).toEqual([
      ["base", 0.6, 0.6],
      ["tt-si", 8 / 9, 8 / 9],
      ["argmax-name", 0.7, 0.7],
      ["copy-rule", 0.7, 0.7],
    ]);
  });

  it("shows verdicts that are wrong in the store", () => {
    const sweep = makeReportSweep();
    const units = sweep.units.map((row) =>
      row.variant === "base" && row.correct === true ? { ...row, correct: false } : row,
    );
    const rescoring = rescoreSweep({ ...sweep, units }, "soft");
    expect(rescoring.changed).toHaveLength(6);
    expect(rescoring.variants[0]).toMatchObject({ stored: 0, now: 0.6, gained: 6, lost: 0 });
    const text = renderRescoring(rescoring, 2);
    expect(text).toContain("verdicts changed: 6");
    expect(text).toContain("  and 4 more: --limit 6, or --json");
  });
});
