import { z } from "zod";
import { addAccepted } from "../datasets/accepted-values.js";
import type { Refuse } from "../datasets/dataset-errors.js";
import { acceptedShape, messageShape } from "../datasets/openai-shapes.js";
import { readTurns } from "../datasets/openai-turns.js";
import type { Tool } from "../domain/samples/sample.js";
import type { ToolCall } from "../domain/samples/tool-call.js";
import type { Feedback } from "../domain/served/judge-feedback.js";
import { describeIssue } from "./describe-issue.js";
import { readJsonBody } from "./read-json.js";
import { refuseRequest } from "./request-error.js";

/** Which of a tenant's requests is meant: by its id, or by the start of its key, which a completion's id has. */
export type RequestReference = { readonly requestId: string } | { readonly keyStart: string };

/** Feedback as it came, before its request is known. */
export interface FeedbackRequest {
  readonly reference: RequestReference;
  /** Reads what is right about a request with these tools. Throws `SERVE_FEEDBACK_INVALID`. */
  readonly readFeedback: (tools: readonly Tool[]) => Feedback;
}

const feedbackShape = z.object({
  request_id: z.string().nullish(),
  completion_id: z
    .string()
    .regex(/^chatcmpl-[0-9a-f]{24}$/, "expected the id of a completion of this endpoint")
    .nullish(),
  tool_calls: messageShape.shape.tool_calls,
  accepted: acceptedShape.nullish(),
  correct: z.boolean().nullish(),
});

/** Reads the body of feedback. Throws `SERVE_FEEDBACK_INVALID` with the field. */
export function readFeedbackRequest(text: string): FeedbackRequest {
  const read = feedbackShape.safeParse(readJsonBody(text, refuse));
  if (!read.success) {
    const { problem, field } = describeIssue(read.error.issues[0]);
    throw refuse(problem, field);
  }
  const { request_id, completion_id, tool_calls, accepted, correct } = read.data;
  if ((request_id == null) === (completion_id == null)) {
    throw refuse('expected either "request_id" or "completion_id"');
  }
  if ((tool_calls == null) === (correct == null)) {
    throw refuse(
      'expected either "tool_calls" with the right calls ([] if no call is right) or "correct"',
    );
  }
  if (accepted != null && tool_calls == null) throw refuse('"accepted" needs "tool_calls"');
  const calls = readCalls(tool_calls ?? []);
  return {
    reference:
      request_id == null
        ? { keyStart: completion_id?.slice("chatcmpl-".length) ?? "" }
        : { requestId: request_id },
    readFeedback: (tools) => {
      if (correct != null) return { correct };
      requireTools(calls, tools);
      return { calls: addAccepted(calls, accepted, tools, refuse) };
    },
  };
}

function readCalls(given: NonNullable<z.infer<typeof messageShape>["tool_calls"]>): ToolCall[] {
  const turns = readTurns({ role: "assistant", content: null, tool_calls: given }, "", refuse);
  return turns.flatMap(({ calls }) =>
    calls.map(({ name, arguments: written }) => ({ name, arguments: written })),
  );
}

/** A call of an unknown tool would silently make every answer wrong. */
function requireTools(calls: readonly ToolCall[], tools: readonly Tool[]): void {
  const unknown = calls.find(({ name }) => !tools.some((tool) => tool.name === name));
  if (unknown === undefined) return;
  const names = tools.map(({ name }) => name).join(", ");
  throw refuse(`the request has no tool "${unknown.name}". Its tools are ${names}`, "tool_calls");
}

const refuse = ((problem: string, param?: string) =>
  refuseRequest("SERVE_FEEDBACK_INVALID", `The feedback cannot be read: ${problem}.`, {
    hint: "",
    ...(param === undefined ? {} : { param }),
  })) satisfies Refuse;
