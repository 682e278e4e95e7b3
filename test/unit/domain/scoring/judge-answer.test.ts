import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../domain/json/value.js";
import { judgeAnswer } from "../../../../domain/scoring/judge-answer.js";
import { createRandom, shuffle } from "../../../../domain/identity/random.js";
import type { ToolCall } from "../../../../domain/samples/tool-call.js";

const call = (name: string, given: JsonObject = {}): ToolCall => ({ name, arguments: given });
const judge = (predicted: readonly ToolCall[], gold: readonly ToolCall[]) =>
  judgeAnswer({ calls: predicted, repaired: false }, { calls: gold }, []);

const right = { correct: true, correctStrict: true, reason: "" };
const wrong = (reason: string) => ({ correct: false, correctStrict: false, reason });

const anyCall = fc.record({
  name: fc.constantFrom("a", "b"),
  arguments: fc.dictionary(fc.constantFrom("x", "y"), fc.constantFrom(1, 2, "One", "one"), {
    maxKeys: 2,
  }),
});

describe("judgeAnswer", () => {
  it("takes calls in any order, repeated tools included", () => {
    const gold = [call("a", { x: 1 }), call("a", { x: 2 }), call("b")];
    expect(judge([call("b"), call("a", { x: 2 }), call("a", { x: 1 })], gold)).toEqual(right);
  });

  it("distinguishes soft from strict", () => {
    expect(judge([call("a", { x: "fatigued" })], [call("a", { x: "Fatigue" })])).toEqual({
      correct: true,
      correctStrict: false,
      reason: "",
    });
  });

  it("says what broke the answer", () => {
    const gold = [call("get", { city: "Paris" })];
    expect(judge([], gold)).toEqual(wrong("count"));
    expect(judge([call("get_all", { city: "Paris" })], gold)).toEqual(wrong("name:get_all"));
    expect(judge([call("get", { city: "Rome" })], gold)).toEqual(wrong("argument:city"));
    expect(judge([call("x"), call("get", { city: "Rome" })], [call("y"), ...gold])).toEqual(
      wrong("name:x"),
    );
    expect(judgeAnswer({ reason: "no-json" }, { calls: [] }, [])).toEqual(
      wrong("unparsable:no-json"),
    );
  });

  it("blames the argument of a call of the right name before another call's name", () => {
    const gold = [call("get", { city: "Paris" }), call("put", { city: "Paris" })];
    expect(judge([call("stop"), call("get", { city: "Rome" })], gold)).toEqual(
      wrong("argument:city"),
    );
  });

  it("accepts no call only if gold has none", () => {
    expect(judge([], [])).toEqual(right);
    expect(judge([call("a")], [])).toEqual(wrong("count"));
  });

  it("compares names exactly, apart from surrounding spaces", () => {
    expect(judge([call(" a ")], [call("a")])).toEqual(right);
    expect(judge([call("A")], [call("a")])).toEqual(wrong("name:A"));
  });

  it("uses the tool's schema for types and defaults", () => {
    const tools = [
      {
        name: "a",
        description: "",
        parameters: { type: "object", properties: { n: { type: "integer" }, k: { default: 5 } } },
      },
    ];
    const verdict = judgeAnswer(
      { calls: [call("a", { n: "85.0", k: 5 })], repaired: false },
      { calls: [call("a", { n: "85" })] },
      tools,
    );
    expect(verdict).toEqual(right);
  });

  it("does not depend on the order of calls, and strict implies soft", () => {
    const lists = fc.array(anyCall, { maxLength: 4 });
    fc.assert(
      fc.property(lists, lists, fc.nat(), (predicted, gold, seed) => {
        const verdict = judge(predicted, gold);
        const other = judge(
          shuffle(predicted, createRandom(seed)),
          shuffle(gold, createRandom(~seed)),
        );
        expect(other.correct).toBe(verdict.correct);
        expect(other.correctStrict).toBe(verdict.correctStrict);
        if (verdict.correctStrict) expect(verdict.correct).toBe(true);
        expect(verdict.correct).toBe(verdict.reason === "");
      }),
    );
  });

  it("finds gold's own calls right in any order", () => {
    fc.assert(
      fc.property(fc.array(anyCall, { maxLength: 5 }), fc.nat(), (gold, seed) => {
        expect(judge(shuffle(gold, createRandom(seed)), gold)).toEqual(right);
      }),
    );
  });
});
