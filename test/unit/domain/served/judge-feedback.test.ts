import { describe, expect, it } from "vitest";
import type { Tool } from "../../../../domain/samples/sample.js";
import type { JudgedRequest } from "../../../../domain/served/judge-feedback.js";
import { judgeFeedback } from "../../../../domain/served/judge-feedback.js";
import type { ServedAnswer } from "../../../../domain/served/served-answer.js";

const TOOLS: readonly Tool[] = [
  {
    name: "find",
    description: "",
    parameters: {
      type: "object",
      properties: { what: { type: "string" }, id: { type: "integer" } },
      required: ["what"],
    },
  },
];

function answer(from: ServedAnswer["from"], given: Partial<ServedAnswer>): ServedAnswer {
  return {
    ...{ from, uncertain: true, content: null, calls: [], finishReason: "stop" },
    ...{ promptTokens: 1, completionTokens: 1 },
    ...given,
  };
}

const find = (args: object): ServedAnswer["calls"] => [
  { name: "find", arguments: JSON.stringify(args) },
];

function request(served: ServedAnswer, base: ServedAnswer | null = null): JudgedRequest {
  return { answer: served, base, tools: TOOLS, refusals: undefined };
}

const right = { calls: [{ name: "find", arguments: { what: "tired cats" } }] };
const RIGHT = { correct: true, correctStrict: true, reason: "" };

describe("feedback with the right calls", () => {
  it("judges what was served and the base model's answer with the scoring of sweeps", () => {
    const adapted = answer("adapted", { calls: find({ what: "tired cats" }) });
    const base = answer("base", { calls: find({ what: "dogs" }) });
    expect(judgeFeedback(right, request(adapted, base))).toEqual({
      served: RIGHT,
      base: { correct: false, correctStrict: false, reason: "argument:what" },
    });
    const soft = answer("adapted", { calls: find({ what: "tired cat" }) });
    expect(judgeFeedback(right, request(soft, adapted))).toEqual({
      served: { correct: true, correctStrict: false, reason: "" },
      base: RIGHT,
    });
  });

  it("takes the base model's answer for what it is if it was served", () => {
    const base = answer("late", { calls: find({ what: "tired cats" }) });
    expect(judgeFeedback(right, request(base))).toEqual({ served: RIGHT, base: RIGHT });
  });

  it("does not judge a base answer that nobody knows", () => {
    const adapted = answer("adapted", { calls: find({ what: "tired cats" }) });
    expect(judgeFeedback(right, request(adapted)).base).toBeNull();
  });

  it("compares numbers of any length", () => {
    const id = "12345678901234567890";
    const gold = {
      calls: [{ name: "find", arguments: { what: "a", id: { $exactNumber: id } } }],
    };
    const served = (digits: string) =>
      answer("base", { calls: [{ name: "find", arguments: `{"what":"a","id":${digits}}` }] });
    expect(judgeFeedback(gold, request(served(id))).served).toEqual(RIGHT);
    expect(judgeFeedback(gold, request(served("12345678901234567891"))).served).toMatchObject({
      ...{ correct: false, reason: "argument:id" },
    });
  });

  it("knows words and no call from calls", () => {
    const none = { calls: [] };
    const judge = (given: Partial<ServedAnswer>, feedback: typeof right | typeof none) =>
      judgeFeedback(feedback, request(answer("base", given))).served;
    expect(judge({ content: "" }, none)).toEqual(RIGHT);
    expect(judge({ content: "I cannot do that." }, none)).toEqual(RIGHT);
    expect(judge({ calls: find({ what: "a" }) }, none).reason).toBe("count");
    expect(judge({ content: "" }, right).reason).toBe("count");
    expect(judge({ content: "I cannot do that." }, right).reason).toBe("unparsable:no-json");
    // Cut off inside the call, which was served as words.
    const cut = '<tool_call>[{"name": "find", "arguments": {"what": "tired cats"';
    expect(judge({ content: cut }, right).reason).toBe("unparsable:broken-json");
    expect(judge({ content: cut }, none).correct).toBe(false);
  });
});

describe("feedback that only says whether the answer was right", () => {
  it("says nothing about another answer", () => {
    const adapted = answer("adapted", { calls: find({ what: "a" }) });
    const base = answer("base", { calls: find({ what: "a" }) });
    const served = { correct: true, correctStrict: null, reason: "" };
    expect(judgeFeedback({ correct: true }, request(adapted, base))).toEqual({
      ...{ served, base: null },
    });
    expect(judgeFeedback({ correct: true }, request(base))).toEqual({ served, base: served });
  });
});
