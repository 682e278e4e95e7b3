import { describe, expect, it } from "vitest";
import { describeVerdict, paintVerdict } from "../../../../report/text/describe-verdict.js";
import { makeResult, makeUnit } from "../../store/fixtures.js";

const row = makeResult(makeUnit(0));

describe("a verdict", () => {
  it.each([
    [{}, "right", "good"],
    [{ repaired: true }, "right, after repair", "good"],
    [{ correct: false, verdict: "" }, "wrong", "bad"],
    [{ correct: false, verdict: "name:put" }, "wrong (name:put)", "bad"],
    [{ correct: false, verdict: "name:a\n  b" }, "wrong (name:a b)", "bad"],
    [{ correct: false, verdict: "right" }, "wrong (right)", "bad"],
    [{ outcome: "unparsable", correct: false }, "unparsable", "bad"],
    [{ outcome: "failed", errorCode: "ENGINE_REQUEST" }, "failed (ENGINE_REQUEST)", "bad"],
    [{ outcome: "failed", errorCode: null }, "failed (unknown)", "bad"],
  ] as const)("of %o is %s", (changes, text, color) => {
    expect(describeVerdict({ ...row, ...changes })).toBe(text);
    expect(paintVerdict({ ...row, ...changes })).toEqual({ text, color });
  });
});
