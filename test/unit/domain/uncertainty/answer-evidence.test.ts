import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANSWER_FORMATS } from "../../../../domain/formats/answer-formats.js";
import type { AnswerToken } from "../../../../domain/uncertainty/answer-evidence.js";
import { measureAgreement, measureAnswer } from "../../../../domain/uncertainty/answer-evidence.js";
import { anyCall } from "../formats/arbitrary-calls.js";

type Part = readonly [text: string, probability: number];

/** Tokens of these texts in a row, with these probabilities. */
function tokens(...parts: readonly Part[]): {
  readonly text: string;
  readonly tokens: AnswerToken[];
} {
  let end = 0;
  const placed = parts.map(([text, probability]) => {
    const start = end;
    end += text.length;
    return { start, end, logLikelihood: Math.log(probability) };
  });
  return { text: parts.map(([text]) => text).join(""), tokens: placed };
}

const measure = (...parts: readonly Part[]): ReturnType<typeof measureAnswer> => {
  const answer = tokens(...parts);
  return measureAnswer(answer.text, answer.tokens);
};

describe("measureAnswer", () => {
  const likelihood = measure(
    ["<tool_call>", 0.1],
    ['[{"name": "', 0.9],
    ["find", 0.5],
    ["_lamp", 0.8],
    ['", "arguments": {"', 0.7],
    ["place", 0.6],
    ['": "', 0.9],
    ["hall", 0.25],
    ['", "n": ', 0.75],
    ["2", 0.4],
    ["}}]", 0.3],
    ["</tool_call>", 0.2],
  );

  it("counts the call text without what stands around it", () => {
    expect(likelihood?.call.tokenCount).toBe(10);
    expect(likelihood?.call.logLikelihood).toBeCloseTo(
      Math.log(0.9 * 0.5 * 0.8 * 0.7 * 0.6 * 0.9 * 0.25 * 0.75 * 0.4 * 0.3),
      12,
    );
  });

  it("counts values without names, keys and punctuation as arguments", () => {
    expect(likelihood?.arguments.tokenCount).toBe(2);
    expect(likelihood?.arguments.logLikelihood).toBeCloseTo(Math.log(0.25 * 0.4), 12);
  });

  it("averages names and values as meaning", () => {
    expect(likelihood?.meaning.tokenCount).toBe(4);
    expect(likelihood?.meaning.mean).toBeCloseTo((0.5 + 0.8 + 0.25 + 0.4) / 4, 12);
    expect(likelihood?.meaning.min).toBeCloseTo(0.25, 12);
  });

  it("counts a token that a value only begins or ends in", () => {
    const merged = measure(
      ['[{"name": "f', 0.5],
      ['", "arguments": {"a": "x', 0.4],
      ['y"}}]', 0.3],
    );
    expect(merged?.arguments).toEqual({
      logLikelihood: Math.log(0.4) + Math.log(0.3),
      tokenCount: 2,
    });
    expect(merged?.meaning).toMatchObject({ tokenCount: 3 });
    expect(merged?.meaning.min).toBeCloseTo(0.3, 12);
  });

  it("leaves reasoning out", () => {
    const thought = measure(
      ["<think>", 0.1],
      ['[{"name": "g"}]', 0.1],
      ["</think>", 0.1],
      ['[{"name": "f"}]', 0.5],
    );
    expect(thought?.call).toEqual({ logLikelihood: Math.log(0.5), tokenCount: 1 });
  });

  it("has no argument without arguments, and judges an empty list by all its tokens", () => {
    expect(measure(['[{"name": "f", ', 0.5], ['"arguments": {}}]', 0.5])?.arguments).toEqual({
      logLikelihood: 0,
      tokenCount: 0,
    });
    const none = measure(["[", 0.5], ["]", 0.25]);
    expect(none?.call).toEqual({ logLikelihood: Math.log(0.5) + Math.log(0.25), tokenCount: 2 });
    expect(none?.arguments.tokenCount).toBe(0);
    expect(none?.meaning.mean).toBeCloseTo(0.375, 12);
    expect(none?.meaning.min).toBeCloseTo(0.25, 12);
  });

  it.each(["", "None of the functions fits.", '[{"nome": "f"}]', '<tool_call>[{"name"'])(
    "is null if no calls can be read: %j",
    (text) => {
      expect(measureAnswer(text, [{ start: 0, end: text.length, logLikelihood: -1 }])).toBeNull();
    },
  );

  it.each(ANSWER_FORMATS)("never counts more than the whole answer in $name", (format) => {
    fc.assert(
      fc.property(
        fc.array(anyCall, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        fc.infiniteStream(fc.double({ min: -9, max: 0, noNaN: true })),
        (calls, lengths, values) => {
          const text = format.render(calls);
          const split: AnswerToken[] = [];
          for (let start = 0; start < text.length;) {
            const end = Math.min(text.length, start + Number(lengths.next().value));
            split.push({ start, end, logLikelihood: Number(values.next().value) });
            start = end;
          }
          const found = measureAnswer(text, split);
          const total = split.reduce((sum, token) => sum + token.logLikelihood, 0);
          expect(found).not.toBeNull();
          if (found === null) return;
          expect(found.arguments.tokenCount).toBeLessThanOrEqual(found.meaning.tokenCount);
          expect(found.meaning.tokenCount).toBeLessThanOrEqual(found.call.tokenCount);
          expect(found.call.tokenCount).toBeLessThanOrEqual(split.length);
          expect(found.call.logLikelihood).toBeGreaterThanOrEqual(total - 1e-9);
          expect(found.arguments.logLikelihood).toBeGreaterThanOrEqual(
            found.call.logLikelihood - 1e-9,
          );
          expect(found.meaning.min).toBeLessThanOrEqual(found.meaning.mean + 1e-12);
          expect(found.meaning.mean).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("measureAgreement", () => {
  const CALLS = [
    [
      '[{"name": "f", "arguments": {"a": 1, "b": "x"}}]',
      '[{"name":"f","arguments":{"b":"x","a":1.0}}]',
    ],
    ['[{"name": "f", "arguments": {"a": 2, "b": "x"}}]', '[f(a=2, b="x")]'],
    ['[{"name": "g"}, {"name": "h"}]', '[{"name": "h"}, {"name": "g", "arguments": {"c": null}}]'],
    ["[]", "<tool_call>[]</tool_call>"],
  ] as const;
  const UNREADABLE = "no call";

  it("counts equal calls however they are written, and no unreadable answer", () => {
    const [[first, same], [other]] = CALLS;
    expect(measureAgreement([first, UNREADABLE, same, other, UNREADABLE])).toEqual({
      samples: 5,
      largest: 2,
    });
    expect(measureAgreement([UNREADABLE, UNREADABLE])).toEqual({ samples: 2, largest: 0 });
  });

  it("equals a count of equal pairs by brute force", () => {
    // -1 is unreadable; the writing differs, the calls do not.
    const answer = fc.record({ call: fc.integer({ min: -1, max: 3 }), writing: fc.nat(1) });
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 12 }), (answers) => {
        const texts = answers.map(({ call, writing }) => CALLS[call]?.[writing] ?? UNREADABLE);
        const counts = answers.map(
          ({ call }) => answers.filter((other) => call !== -1 && other.call === call).length,
        );
        expect(measureAgreement(texts)).toEqual({
          samples: answers.length,
          largest: Math.max(...counts),
        });
      }),
    );
  });
});
