import type { ServedAnswer } from "../domain/served/served-answer.js";

/** What a completion says besides the answer. */
export interface CompletionContext {
  /** Key of the request; ids of completion and calls come from it, so that a repeated request has the same. */
  readonly key: string;
  readonly model: string;
  /** When the request was accepted, ISO 8601. */
  readonly acceptedAt: string;
}

/** An answer as OpenAI's `chat.completion`. */
export function toCompletion(context: CompletionContext, answer: ServedAnswer): object {
  const calls = answer.calls.map((call, index) => ({
    id: callId(context, index),
    type: "function",
    function: call,
  }));
  return {
    ...describeCompletion(context, "chat.completion"),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: answer.content,
          refusal: null,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: answer.finishReason,
      },
    ],
    usage: usageOf(answer),
  };
}

/** Characters of arguments or words in one chunk. */
const PART_LENGTH = 64;

/** The same answer as OpenAI's `chat.completion.chunk`s, in order. */
export function toChunks(
  context: CompletionContext,
  answer: ServedAnswer,
  streamsUsage: boolean,
): object[] {
  const common = {
    ...describeCompletion(context, "chat.completion.chunk"),
    ...(streamsUsage ? { usage: null } : {}),
  };
  const chunk = (delta: object, finishReason: string | null = null): object => ({
    ...common,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const chunks = [
    chunk({ role: "assistant", content: answer.content === null ? null : "", refusal: null }),
    ...split(answer.content ?? "").map((content) => chunk({ content })),
    ...answer.calls.flatMap((call, index) => [
      chunk({
        tool_calls: [
          {
            ...{ index, id: callId(context, index), type: "function" },
            function: { name: call.name, arguments: "" },
          },
        ],
      }),
      ...split(call.arguments).map((part) =>
        chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
      ),
    ]),
    chunk({}, answer.finishReason),
  ];
  return streamsUsage ? [...chunks, { ...common, choices: [], usage: usageOf(answer) }] : chunks;
}

function describeCompletion({ key, model, acceptedAt }: CompletionContext, object: string): object {
  return {
    id: `chatcmpl-${key.slice(0, 24)}`,
    object,
    created: Math.floor(Date.parse(acceptedAt) / 1000),
    model,
  };
}

function callId({ key }: CompletionContext, index: number): string {
  return `call_${key.slice(0, 20)}_${index}`;
}

function usageOf({ promptTokens, completionTokens }: ServedAnswer): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** Cuts a text between characters. */
function split(text: string): string[] {
  const characters = Array.from(text);
  const parts: string[] = [];
  for (let start = 0; start < characters.length; start += PART_LENGTH) {
    parts.push(characters.slice(start, start + PART_LENGTH).join(""));
  }
  return parts;
}
