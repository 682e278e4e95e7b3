import { z } from "zod";
import type { Refuse } from "../datasets/dataset-errors.js";
import { writeTurns } from "../datasets/openai-history.js";
import { messageShape, toolShape } from "../datasets/openai-shapes.js";
import { readTools } from "../datasets/openai-tools.js";
import { readTurns } from "../datasets/openai-turns.js";
import { sha256Hex } from "../domain/identity/hash.js";
import { canonicalJson } from "../domain/json/canonical.js";
import type { Message, Tool } from "../domain/samples/sample.js";
import { describeIssue } from "./describe-issue.js";
import { readJsonBody } from "./read-json.js";
import { refuseRequest } from "./request-error.js";

/** A chat completion to answer. */
export interface ChatRequest {
  /** The model's name as the client wrote it. */
  readonly model: string;
  /** The conversation, its calls as text in the default answer format. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly stream: boolean;
  /** Whether a stream ends with a chunk of usage. */
  readonly streamsUsage: boolean;
  /** `parallel_tool_calls: false`. */
  readonly oneCall: boolean;
  /** `tool_choice: "required"`. */
  readonly mustCall: boolean;
  /** Most tokens of the answer; null: the config's. */
  readonly maxTokens: number | null;
  /** `metadata.request_id`. */
  readonly requestId: string | null;
  /** Hash of all that can change the answer. */
  readonly bodyHash: string;
}

const requestShape = z.object({
  model: z.string(),
  messages: z.array(messageShape).min(1),
  tools: z
    .array(
      toolShape,
      "expected the tools that the model may call; requests without tools are not served",
    )
    .min(1, "expected at least one tool; requests without tools are not served"),
  tool_choice: z.enum(["auto", "required"], 'only "auto" and "required" are supported').nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, "only one answer per request is supported").nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  metadata: z.object({ request_id: z.string().nullish() }).nullish(),
});

/** Members of a body that change how an answer is delivered, not the answer. */
const DELIVERY = ["stream", "stream_options", "metadata", "user"];

/** Reads a request's body. Throws `SERVE_REQUEST_INVALID` with the field. */
export function readChatRequest(text: string): ChatRequest {
  const body = readJsonBody(text, refuse);
  const read = requestShape.safeParse(body);
  if (!read.success) {
    const { problem, field } = describeIssue(read.error.issues[0]);
    throw refuse(problem, field);
  }
  const given = read.data;
  const tools = readTools(given, refuse);
  const names = tools.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw refuse(`two tools have the name "${repeated}"`, "tools");
  const asked = Object.entries(body).filter(([member]) => !DELIVERY.includes(member));
  return {
    model: given.model,
    messages: readMessages(given.messages),
    tools,
    stream: given.stream ?? false,
    streamsUsage: given.stream_options?.include_usage ?? false,
    oneCall: given.parallel_tool_calls === false,
    mustCall: given.tool_choice === "required",
    maxTokens: given.max_completion_tokens ?? given.max_tokens ?? null,
    requestId: given.metadata?.request_id ?? null,
    bodyHash: sha256Hex(canonicalJson(Object.fromEntries(asked))),
  };
}

function readMessages(given: z.infer<typeof requestShape>["messages"]): Message[] {
  const turns = given.flatMap((each, index) => readTurns(each, `messages.${index}`, refuse));
  const last = turns.at(-1)?.role;
  if (last !== "user" && last !== "tool") {
    throw refuse("the last message must be a user's or a tool's", "messages");
  }
  return writeTurns(turns, refuse);
}

const refuse = ((problem: string, param?: string) =>
  refuseRequest("SERVE_REQUEST_INVALID", `The request cannot be served: ${problem}.`, {
    hint: "",
    ...(param === undefined ? {} : { param }),
  })) satisfies Refuse;
