import { describe, expect, it } from "vitest";
import { renderSamplePage } from "../../../../cli/terminal/sample-page.js";
import type { Span } from "../../../../domain/text/span.js";
import { plainText } from "../../../../domain/text/span.js";
import type { ResultRow } from "../../../../store/store.js";

const sample = {
  key: "3-abcd1234",
  dataset: "lookalike",
  row: 3,
  messages: [{ role: "user", content: "Find the blue lamp." }],
  tools: [
    { name: "find_lamp", description: "Finds a lamp.", parameters: {} },
    { name: "buy_lamp", description: "Buys a lamp.", parameters: {} },
  ],
} as const;

const baseRow: ResultRow = {
  unitKey: "s/base/0/lookalike/3-abcd1234",
  sweep: "s",
  variant: "base",
  seed: 0,
  dataset: "lookalike",
  sampleKey: sample.key,
  role: "report",
  outcome: "scored",
  correct: false,
  correctStrict: false,
  calls: [],
  verdict: "name:buy_lamp",
  repaired: false,
  margin: null,
  uncertain: null,
  adapted: false,
  synthesisStatus: null,
  synthesisAttempts: 0,
  candidateCount: 2,
  errorCode: null,
  errorMessage: null,
  attempt: 1,
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:01.000Z",
  runId: "run-1",
  toolVersion: "0.1.0",
  engineVersion: "0.1.0",
  trace: {
    answer: { from: "base", texts: ["<buy>"], promptTokens: 50, completionTokens: 9 },
    timings: [],
  },
};

const adaptedRow: ResultRow = {
  ...baseRow,
  unitKey: "s/tt-si/0/lookalike/3-abcd1234",
  variant: "tt-si",
  correct: true,
  verdict: "",
  margin: 0.4,
  uncertain: true,
  adapted: true,
  runId: "run-2",
  trace: {
    uncertainty: {
      estimator: "rss",
      candidates: [
        { name: "find_lamp", logLikelihood: -1.2, tokenCount: 4, probability: 0.3 },
        { name: "buy_lamp", logLikelihood: -0.35, tokenCount: 3, probability: 0.7 },
      ],
      margin: 0.4,
      tau: 0.95,
      uncertain: true,
    },
    synthesis: {
      status: "ok",
      pairs: [
        {
          instruction: "",
          input: "Find the red lamp.",
          output: [{ name: "find_lamp", arguments: { colour: "red" } }],
        },
      ],
      attempts: [
        { k: 0, attempt: 1, seed: 7, reason: "not-json", excerpt: "I would\nlike" },
        { k: 0, attempt: 2, seed: 8, reason: "ok", excerpt: "{" },
      ],
    },
    training: {
      adapterId: "a-1",
      seed: 9,
      losses: [1.5, 0.25],
      trainMs: 45,
      weightHash: "0123456789abcdef",
      retrained: 1,
    },
    answer: { from: "adapter", texts: ["<find>"], promptTokens: 50, completionTokens: 8 },
    timings: [
      {
        step: "scoreUncertainty",
        queueMs: 3,
        computeMs: 0,
        worker: "gpu-1",
        attempt: 1,
        reusedFrom: "s/x",
      },
      { step: "trainAdapter", queueMs: 12, computeMs: 45, worker: "gpu-1", attempt: 2 },
    ],
  },
};

function render(rows: readonly ResultRow[]): string {
  return plainText(renderPage(rows));
}

function renderPage(rows: readonly ResultRow[]): readonly Span[] {
  return renderSamplePage({
    sweep: "s",
    sample,
    gold: { calls: [{ name: "find_lamp", arguments: { colour: "blue" } }] },
    rows,
    findBaseRow: () => baseRow,
    link: (row) => `http://ui/${row.runId}`,
  });
}

describe("renderSamplePage", () => {
  it("shows the complete trace of an adapted sample", () => {
    expect(render([adaptedRow])).toBe(
      `sample 3-abcd1234 of lookalike, sweep s

conversation
  user: Find the blue lamp.

tools (2)
  find_lamp  Finds a lamp.
  buy_lamp   Buys a lamp.

gold
  {"name":"find_lamp","arguments":{"colour":"blue"}}

variant tt-si, seed 0: right
  uncertainty (rss)
    buy_lamp   ██████████████░░░░░░  0.700  log-likelihood -0.35 over 3 tokens
    find_lamp  ██████░░░░░░░░░░░░░░  0.300  log-likelihood -1.20 over 4 tokens
    margin 0.400 < tau 0.95: uncertain
  synthesis: ok
    pair 1, attempt 1 (seed 7): not-json  I would like
    pair 1, attempt 2 (seed 8): ok
    synthetic pair 1
      input:  Find the red lamp.
      output: [{"name":"find_lamp","arguments":{"colour":"red"}}]
  adaptation
    losses 1.500 → 0.250
    adapter a-1, seed 9, 45 ms, weights 0123456789ab
    retrained 1 time after its adapter was lost
  answer
    from the adapted model
    before (base): <buy>  [wrong (name:buy_lamp)]
    after:  <find>
    50 prompt tokens, 8 generated
  steps
    step              queued  computed  attempt  worker
    scoreUncertainty  3.0 ms    reused        1  gpu-1   from s/x
    trainAdapter       12 ms     45 ms        2  gpu-1
  run 1, 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:01.000Z, engine 0.1.0
  Temporal UI: http://ui/run-2`,
    );
  });

  it("shows what was read of the model's own answers, and judges a single tool by it", () => {
    const [first] = adaptedRow.trace.uncertainty?.candidates ?? [];
    const byNames = {
      ...adaptedRow.trace.uncertainty!,
      ...{ candidates: [first!], margin: 0.8, tau: 0.7, uncertain: false },
    };
    const answers = { agreements: [{ samples: 5, largest: 4 }] };
    const uncertainty = { ...byNames, estimator: "agreement", answers };
    const page = render([{ ...adaptedRow, trace: { ...adaptedRow.trace, uncertainty } }]);
    expect(page).toContain(
      "over 4 tokens\n    4 of 5 drawn answers agree\n    margin 0.800 >= tau 0.7: certain\n",
    );
    const trace = { ...adaptedRow.trace, uncertainty: byNames };
    expect(render([{ ...adaptedRow, trace }])).toContain("\n    one tool only: certain\n");
  });

  it("shows the base answer alone for the base model", () => {
    const page = render([baseRow]);
    expect(page).toContain(
      "variant base, seed 0: wrong (name:buy_lamp)\n  answer\n    from the base model\n    <buy>\n",
    );
    expect(page).not.toContain("before");
  });

  it("shows why a unit failed", () => {
    const failed: ResultRow = {
      ...baseRow,
      outcome: "failed",
      correct: null,
      errorCode: "ENGINE_UNREACHABLE",
      errorMessage: "No engine answers.",
      trace: { timings: [] },
    };
    expect(render([failed])).toContain(
      "variant base, seed 0: failed (ENGINE_UNREACHABLE)\n  failed with ENGINE_UNREACHABLE: No engine answers.\n  steps: none recorded",
    );
  });

  it("colors the verdict of each row and of the answer before", () => {
    const colored = renderPage([adaptedRow]).filter(({ color }) => color !== undefined);
    expect(colored).toEqual([
      { text: "right", color: "good" },
      { text: expect.stringMatching(/^wrong/) as string, color: "bad" },
    ]);
  });

  it("reports that no unit has a result", () => {
    expect(render([])).toContain("No unit of this sample has a result yet.");
  });
});
