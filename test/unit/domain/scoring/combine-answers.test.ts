import { describe, expect, it } from "vitest";
import {
  canonicalCalls,
  combineAnswers,
  pickMajority,
} from "../../../../domain/scoring/combine-answers.js";
import type { JsonObject } from "../../../../domain/json/value.js";

const answer = (name: string, given: JsonObject = {}) => ({
  calls: [{ name, arguments: given }],
  repaired: false,
});
const unreadable = { reason: "no-json" as const };

describe("pickMajority", () => {
  it("picks the earliest answer of the most frequent call list", () => {
    expect(pickMajority([answer("a"), answer("b"), answer("b")])).toBe(1);
  });

  it("gives ties to the earliest", () => {
    expect(pickMajority([answer("a"), answer("b"), answer("b"), answer("a")])).toBe(0);
  });

  it("treats call lists as equal regardless of the order of calls and keys, ignoring absent values", () => {
    const [x, y] = [
      { name: "a", arguments: { p: 1, q: 2 } },
      { name: "b", arguments: {} },
    ];
    const one = { calls: [x, y], repaired: false };
    const same = { calls: [y, { name: "a", arguments: { q: 2, r: null, p: 1 } }], repaired: false };
    expect(canonicalCalls(one.calls)).toBe(canonicalCalls(same.calls));
    expect(pickMajority([answer("c"), one, same])).toBe(1);
  });

  it("treats object members as absent under the same rules as arguments", () => {
    const calls = (given: JsonObject) => canonicalCalls([{ name: "a", arguments: given }]);
    expect(calls({ p: { x: 1, y: null, z: "" } })).toBe(calls({ p: { x: 1 } }));
    expect(calls({ p: [null] })).not.toBe(calls({ p: [] }));
  });

  it("gives unreadable answers no vote, however many they are", () => {
    expect(pickMajority([unreadable, unreadable, unreadable, answer("a")])).toBe(3);
    expect(pickMajority([unreadable, unreadable])).toBe(0);
  });

  it("refuses to vote without answers", () => {
    expect(() => pickMajority([])).toThrow(
      new RangeError("majority voting needs at least one answer"),
    );
  });
});

describe("combineAnswers", () => {
  const right = { correct: true, correctStrict: false, reason: "" };
  const wrong = { correct: false, correctStrict: false, reason: "count" };

  it("yields single, majority and pass@k from the same answers", () => {
    const answers = [answer("a"), answer("b"), answer("b"), answer("c")];
    expect(combineAnswers(answers, [wrong, right, right, wrong])).toEqual({
      single: wrong,
      majority: right,
      passAtK: { correct: true, correctStrict: false },
    });
    expect(combineAnswers(answers, [right, wrong, wrong, wrong])).toEqual({
      single: right,
      majority: wrong,
      passAtK: { correct: true, correctStrict: false },
    });
  });

  it("refuses answers without verdicts", () => {
    expect(() => combineAnswers([answer("a")], [])).toThrow(
      new RangeError("every answer needs a verdict"),
    );
  });
});
