import { describe, expect, it } from "vitest";
import type { ServedAnswer } from "../../../domain/served/served-answer.js";
import { toChunks, toCompletion } from "../../../serving/completion.js";

const CONTEXT = {
  key: "0123456789abcdef0123456789abcdef",
  model: "small",
  acceptedAt: "2026-01-01T00:00:01.500Z",
};
const CALLS: ServedAnswer = {
  from: "adapted",
  uncertain: true,
  content: null,
  calls: [
    { name: "get_weather", arguments: `{"city":"${"Oslo".repeat(40)}"}` },
    { name: "get_time", arguments: "{}" },
  ],
  finishReason: "tool_calls",
  promptTokens: 7,
  completionTokens: 5,
};
const WORDS: ServedAnswer = { ...CALLS, content: "Which 🏙?", calls: [], finishReason: "stop" };
const COMMON = { id: "chatcmpl-0123456789abcdef01234567", created: 1767225601, model: "small" };
const USAGE = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };

interface Delta {
  readonly content?: string | null;
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly function: { readonly name?: string; readonly arguments: string };
  }[];
}
interface Chunk {
  readonly choices: readonly { readonly delta: Delta; readonly finish_reason: string | null }[];
}

describe("a completion", () => {
  it("has calls with ids that a repeated request has, too", () => {
    expect(toCompletion(CONTEXT, CALLS)).toEqual({
      ...COMMON,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: null,
            refusal: null,
            tool_calls: CALLS.calls.map((call, index) => ({
              id: `call_0123456789abcdef0123_${index}`,
              type: "function",
              function: call,
            })),
          },
          logprobs: null,
          finish_reason: "tool_calls",
        },
      ],
      usage: USAGE,
    });
  });

  it("has words and no calls if the model made none", () => {
    expect(toCompletion(CONTEXT, WORDS)).toMatchObject({
      choices: [
        {
          message: { role: "assistant", content: "Which 🏙?", refusal: null },
          finish_reason: "stop",
        },
      ],
    });
    expect(JSON.stringify(toCompletion(CONTEXT, WORDS))).not.toContain("tool_calls");
  });
});

describe("chunks", () => {
  it("give the calls when their parts are put together", () => {
    const chunks = toChunks(CONTEXT, CALLS, false) as Chunk[];
    const deltas = chunks.flatMap(({ choices }) =>
      choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    );
    const calls = [0, 1].map((index) => {
      const parts = deltas.filter((delta) => delta.index === index);
      expect(
        parts.slice(1).every(({ id, function: part }) => (id ?? part.name) === undefined),
      ).toBe(true);
      return {
        name: parts[0]?.function.name,
        arguments: parts.map(({ function: part }) => part.arguments).join(""),
      };
    });
    expect(calls).toEqual(CALLS.calls);
    expect(chunks.length).toBeGreaterThan(6);
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual([
      "tool_calls",
    ]);
    expect(chunks.at(-1)?.choices[0]).toMatchObject({ delta: {}, finish_reason: "tool_calls" });
    expect(chunks[0]).toEqual({
      ...COMMON,
      object: "chat.completion.chunk",
      choices: [
        {
          index: 0,
          delta: { role: "assistant", content: null, refusal: null },
          logprobs: null,
          finish_reason: null,
        },
      ],
    });
  });

  it("give the words, and the usage last if it is asked for", () => {
    const chunks = toChunks(CONTEXT, WORDS, true) as Chunk[];
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    expect(text).toBe("Which 🏙?");
    expect(chunks.at(-1)).toEqual({
      ...COMMON,
      object: "chat.completion.chunk",
      choices: [],
      usage: USAGE,
    });
    expect(chunks.slice(0, -1).every((chunk) => "usage" in chunk && chunk.usage === null)).toBe(
      true,
    );
  });
});
