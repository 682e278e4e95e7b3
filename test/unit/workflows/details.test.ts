import fc from "fast-check";
import { expect, it } from "vitest";
import type { SampleInput } from "../../../contracts/sample-input.js";
import type { UnitTrace } from "../../../domain/units/trace.js";
import { renderDetails } from "../../../workflows/details.js";
import { makeUnit } from "../store/fixtures.js";
import { parse } from "../domain/config/fixtures.js";

const config = parse(
  "sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [base, tt-si]",
);
const variant = config.variants[1]!;
const input = {
  unit: makeUnit(3, { variant: "tt-si" }),
  variant,
  tau: 0.95,
  plan: {},
} as unknown as SampleInput;

const pair = (instruction: string, request: string) => ({
  ...{ instruction, input: request },
  output: [{ name: "buy", arguments: { of: "lamp" } }],
});

const adapted = (pairs: ReturnType<typeof pair>[]): UnitTrace => ({
  uncertainty: {
    ...{ estimator: "score-margin", margin: 0.1, tau: 0.95, uncertain: true },
    candidates: [
      { name: "find_a_very_long_name", logLikelihood: -0.5, tokenCount: 2, probability: 0.55 },
      { name: "buy", logLikelihood: -12.25, tokenCount: 1, probability: 0.45 },
    ],
  },
  synthesis: {
    ...{ status: "ok", pairs },
    attempts: [{ k: 0, attempt: 1, seed: 7, reason: "ok", excerpt: '{"instruction": "Buy"}' }],
  },
  answer: { from: "adapter", texts: ['[{"name":"buy"}]'], promptTokens: 1, completionTokens: 1 },
  timings: [
    { step: "scoreUncertainty", queueMs: 1, computeMs: 23.4, worker: "host-1", attempt: 1 },
    { step: "infer", queueMs: 0, computeMs: 0, worker: "store", attempt: 1, reusedFrom: "a/b" },
  ],
});

it("shows query, answer, verdict, the base model's answer, and columns that stand apart", () => {
  const end = { verdict: "right", base: { text: '[{"name":"find"}]', verdict: "wrong name:buy" } };
  const trace = adapted([pair("Buy the blue lamp.", "")]);
  expect(renderDetails({ input, trace, query: "Find the\nlamp.", end }).split("\n")).toEqual([
    "**tt-si** (tt-si) on lookalike 3-00000003, seed 0",
    "",
    "query: `Find the lamp.`",
    "",
    'I (adapted model): `[{"name":"buy"}]`',
    "",
    "against gold: **right**",
    "",
    'base model\'s answer (wrong name:buy): `[{"name":"find"}]`',
    "",
    "H (score-margin): uncertain: margin 0.1 < tau 0.95",
    "",
    "```",
    "candidate              log-likelihood  probability",
    "find_a_very_long_name  -0.5            0.55",
    "buy                    -12.25          0.45",
    "```",
    "",
    "G: ok after 1 attempt",
    "",
    "```",
    "pair  attempt  reason  reply",
    '1     1        ok      {"instruction": "Buy"}',
    "```",
    "",
    'synthetic pair 1: `Buy the blue lamp.` → `[{"name":"buy","arguments":{"of":"lamp"}}]`',
    "",
    "Steps",
    "",
    "```",
    "step              waited  took    attempt  worker",
    "scoreUncertainty  1.0 ms  23 ms   1        host-1",
    "infer             0 ms    reused  1        from a/b",
    "```",
  ]);
});

it.each([
  ["in its instruction", pair("Buy it.", ""), "`Buy it.`"],
  ["in its input", pair("", "Buy it."), "`Buy it.`"],
  ["in both", pair("Buy it.", "The blue one."), "`Buy it. The blue one.`"],
])("shows a pair's request %s", (_, made, shown) => {
  const text = renderDetails({ input, trace: adapted([made]), query: undefined, end: undefined });
  expect(text).toContain(`synthetic pair 1: ${shown} →`);
});

it("no text of a model or a data file ends a block of columns", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("`", "\n", "|", "a", " ") }), (reply) => {
      const trace = adapted([pair(reply, reply)]);
      const attempts = trace.synthesis!.attempts.map((each) => ({ ...each, excerpt: reply }));
      const text = renderDetails({
        ...{ input, query: reply, end: { verdict: "right", base: { text: reply, verdict: "x" } } },
        trace: { ...trace, synthesis: { ...trace.synthesis!, attempts } },
      });
      const fences = text.split("\n").filter((line) => line.includes("```"));
      expect(fences).toEqual(["```", "```", "```", "```", "```", "```"]);
    }),
  );
});
