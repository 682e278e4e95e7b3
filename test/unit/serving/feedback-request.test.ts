import { describe, expect, it } from "vitest";
import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import type { Tool } from "../../../domain/samples/sample.js";
import { readFeedbackRequest } from "../../../serving/feedback-request.js";

const TOOLS: readonly Tool[] = [
  {
    name: "find",
    description: "",
    parameters: { type: "object", properties: { what: { type: "string" } } },
  },
];
const CALL = { type: "function", function: { name: "find", arguments: '{"what":"cats"}' } };

function read(body: object) {
  const { reference, readFeedback } = readFeedbackRequest(JSON.stringify(body));
  return { reference, feedback: readFeedback(TOOLS) };
}

function refusal(body: object | string): string {
  try {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    readFeedbackRequest(text).readFeedback(TOOLS);
  } catch (error) {
    if (!(error instanceof WhetstoneError)) throw error;
    expect(error.code).toBe("SERVE_FEEDBACK_INVALID");
    return error.message.replace("The feedback cannot be read: ", "");
  }
  throw new Error("the feedback was accepted");
}

describe("feedback", () => {
  it("has the right calls as OpenAI writes them, or a verdict", () => {
    expect(read({ request_id: "r-1", tool_calls: [{ id: "call_1", ...CALL }] })).toEqual({
      reference: { requestId: "r-1" },
      feedback: { calls: [{ name: "find", arguments: { what: "cats" } }] },
    });
    expect(read({ request_id: "r-1", tool_calls: [] }).feedback).toEqual({ calls: [] });
    expect(read({ request_id: "r-1", correct: false }).feedback).toEqual({ correct: false });
    expect(
      read({
        ...{ request_id: "r-1", tool_calls: [CALL] },
        accepted: [{ what: ["cats", "cat"] }],
      }).feedback,
    ).toEqual({
      calls: [{ name: "find", arguments: { what: "cats" }, accepted: { what: ["cats", "cat"] } }],
    });
  });

  it("names its request by the completion's id, too", () => {
    const completion = "chatcmpl-0123456789abcdef01234567";
    expect(read({ completion_id: completion, correct: true }).reference).toEqual({
      keyStart: "0123456789abcdef01234567",
    });
  });

  it("is refused with the problem", () => {
    const id = { request_id: "r-1" };
    expect(refusal("[]")).toBe("the body is not a JSON object.");
    expect(refusal({ correct: true })).toBe('expected either "request_id" or "completion_id".');
    expect(refusal({ ...id, completion_id: `chatcmpl-${"0".repeat(24)}`, correct: true })).toBe(
      'expected either "request_id" or "completion_id".',
    );
    expect(refusal({ completion_id: "chatcmpl-%", correct: true })).toBe(
      'field "completion_id": expected the id of a completion of this endpoint.',
    );
    const either =
      'expected either "tool_calls" with the right calls ([] if no call is right) or "correct".';
    expect(refusal(id)).toBe(either);
    expect(refusal({ ...id, tool_calls: [CALL], correct: true })).toBe(either);
    expect(refusal({ ...id, correct: true, accepted: [null] })).toBe(
      '"accepted" needs "tool_calls".',
    );
    const other = { ...CALL, function: { name: "fnid", arguments: "{}" } };
    expect(refusal({ ...id, tool_calls: [CALL, other] })).toBe(
      'the request has no tool "fnid". Its tools are find.',
    );
    const broken = { ...CALL, function: { name: "find", arguments: "{" } };
    expect(refusal({ ...id, tool_calls: [broken] })).toBe(
      'the arguments of "find" are not a JSON object.',
    );
    expect(refusal({ ...id, tool_calls: [CALL], accepted: [] })).toMatch(
      /^field "accepted": 0 entries/,
    );
  });
});
