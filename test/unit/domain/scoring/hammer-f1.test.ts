import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countHammer, hammerF1, parseHammer } from "../../../../domain/scoring/hammer-f1.js";
import type { JsonObject } from "../../../../domain/json/value.js";
import { dataDirectory, hasData } from "../../../data-directory.js";

const call = (name: string, given: JsonObject = {}) => ({ name, arguments: given });

describe("hammerF1", () => {
  it.skipIf(!hasData("hammer_eval", "example_eval.jsonl"))(
    "agrees with Hammer's own script on its example: 6/7 names, 9/11 arguments",
    () => {
      const file = join(dataDirectory, "hammer_eval", "example_eval.jsonl");
      const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
      const counts = lines.map((line) => {
        const { label, predict } = JSON.parse(line) as { label: string; predict: string };
        return countHammer(parseHammer(label) ?? [], parseHammer(predict));
      });
      const { names, arguments: values } = hammerF1(counts);
      expect(counts).toHaveLength(7);
      for (const figure of Object.values(names)) expect(figure).toBeCloseTo(6 / 7, 12);
      for (const figure of Object.values(values)) expect(figure).toBeCloseTo(9 / 11, 12);
    },
  );

  it("counts an unreadable answer as one predicted call", () => {
    expect(countHammer([call("a", { x: 1 })], parseHammer("no"))).toEqual({
      goldCalls: 1,
      predictedCalls: 1,
      correctCalls: 0,
      goldArguments: 1,
      predictedArguments: 0,
      correctArguments: 0,
    });
  });

  it("does not use up gold calls", () => {
    expect(countHammer([call("a")], [call("a"), call("a")]).correctCalls).toBe(2);
  });

  it("compares values by their Python text", () => {
    const gold = [
      call("a", { s: "85", b: true, l: ["x", "it's", 1, null], o: { k: false }, e: "" }),
    ];
    const predicted = [
      call("a", { s: 85, b: "True", l: "['x', \"it's\", 1, None]", o: "{'k': False}", e: "" }),
    ];
    expect(countHammer(gold, predicted)).toMatchObject({
      goldArguments: 4,
      predictedArguments: 4,
      correctArguments: 4,
    });
    const half = [call("a", { s: "0.50" })];
    expect(countHammer(half, [call("a", { s: 0.5 })]).correctArguments).toBe(0);
  });

  it("takes the first gold call that agrees in anything, not the best one", () => {
    const gold = [call("a", { x: 1, y: 9 }), call("a", { x: 1, y: 2 })];
    expect(countHammer(gold, [call("a", { x: 1, y: 2 })]).correctArguments).toBe(1);
  });

  it("is 0 if nothing was predicted or expected", () => {
    expect(hammerF1([]).names).toEqual({ precision: 0, recall: 0, f1: 0 });
  });
});

describe("parseHammer", () => {
  it("reads fences and the tool_calls wrapper, and rejects anything that is not a list", () => {
    expect(
      parseHammer('```json\n{"tool_calls": [{"name": "a", "arguments": {"x": 1}}]}\n```'),
    ).toEqual([call("a", { x: 1 })]);
    expect(parseHammer('{"tool_calls": null}')).toEqual([]);
    expect(parseHammer('{"name": "a", "arguments": {}}')).toBeNull();
    expect(parseHammer("[1]")).toBeNull();
  });
});
