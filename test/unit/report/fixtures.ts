import type { GoldSample } from "../../../domain/samples/sample.js";
import type { UnitTrace } from "../../../domain/units/trace.js";
import { sampleContentHash } from "../../../domain/identity/sample-hash.js";
import { sampleKey } from "../../../domain/identity/unit-key.js";
import type { ReportData, ReportSweep } from "../../../report/model/report-data.js";
import type { ResultRow } from "../../../store/store.js";
import { parse } from "../domain/config/fixtures.js";
import { makeFailure, makeResult, makeSweep, makeUnit } from "../store/fixtures.js";
import type { MadeReportSweep } from "./with-texts.js";
import { summariseRows, withTexts } from "./with-texts.js";

/** Texts with special meaning to a spreadsheet, a browser or LaTeX. */
export const HOSTILE = '=HYPERLINK("http://x") <script>alert(1)</script> \\input{x} & 100%_$';

/** Rows that each variant answers right; samples 6 and above are uncertain. */
const RIGHT: Readonly<Record<string, readonly number[]>> = {
  base: [0, 1, 2, 3, 4, 5],
  "tt-si": [1, 2, 3, 4, 5, 6, 7, 8],
  "argmax-name": [0, 1, 2, 3, 4, 5, 6],
  "copy-rule": [0, 1, 2, 3, 4, 5, 7],
};

/** Parameters of a synthetic sweep. */
export interface MadeSweep {
  readonly name?: string;
  readonly seeds?: number;
  readonly samples?: number;
  /** Position of the first sample in its file; its content does not change. */
  readonly firstRow?: number;
  /** Rows that every variant answers right, in addition to `RIGHT`. */
  readonly alsoRight?: readonly number[];
}

/** A sweep of four variants over ten samples, with three answers per unit and one failed unit. */
export function makeReportSweep(made: MadeSweep = {}): MadeReportSweep {
  const { name = "trial", seeds = 1, samples: count = 10, firstRow = 0 } = made;
  const config = parse(
    `sweep: ${name}\nmodel: tiny\nseeds: ${seeds}\ndataset: { format: lookalike }\ninference: { answers: 3 }\nvariants: [argmax-name, copy-rule, tt-si, base]`,
  );
  const golds = Array.from({ length: count }, (_, row) => makeGold(row, firstRow));
  const samples = new Map(golds.map((gold) => [`lookalike/${gold.sample.key}`, gold]));
  const rows = config.variants.flatMap((variant) =>
    config.seeds.flatMap((seed) =>
      golds.map((gold, row) => {
        const own = RIGHT[variant.name] ?? [];
        // In seed 1, the adapted model is also wrong on row 8.
        const lapse = seed === 1 && variant.name === "tt-si" && row === 8;
        const right = made.alsoRight?.includes(row) === true || (own.includes(row) && !lapse);
        return makeRow(name, variant.name, seed, row, gold, right);
      }),
    ),
  );
  rows.sort((left, right) => (left.unitKey < right.unitKey ? -1 : 1));
  const record = {
    ...makeSweep({ name, config, configHash: "0123456789abcdef", status: "finished" }),
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:01:00.000Z",
  };
  const loaded = { record, rows, thresholds: [], planned: rows.length, samples };
  const summary = summariseRows(loaded);
  return withTexts({ record, summary, thresholds: [], units: rows, samples });
}

/** A report over synthetic sweeps. */
export function makeReportData<Sweep extends ReportSweep>(
  ...sweeps: readonly Sweep[]
): Omit<ReportData, "sweeps"> & { readonly sweeps: readonly Sweep[] } {
  return { sweeps, generatedBy: "whetstone 0.0.0" };
}

function makeGold(row: number, firstRow: number): GoldSample {
  const content = {
    messages: [{ role: "user" as const, content: row === 0 ? HOSTILE : `query ${row}` }],
    tools: ["get", "put"].map((name) => ({
      name,
      description: "Does it.",
      parameters: { type: "object", properties: { of: { type: "string" } } },
    })),
  };
  const key = sampleKey(row + firstRow, sampleContentHash(content));
  return {
    sample: { key, dataset: "lookalike", row: row + firstRow, ...content },
    gold: { calls: [{ name: "get", arguments: { of: `thing ${row}` } }] },
  };
}

function makeRow(
  sweep: string,
  variant: string,
  seed: number,
  row: number,
  { sample }: GoldSample,
  right: boolean,
): ResultRow {
  const unit = makeUnit(row, { sweep, variant, seed, sampleKey: sample.key });
  if (row === 9 && variant === "tt-si") return makeFailure(unit, { attempt: 2 });
  const adapted = variant === "tt-si" && row >= 6;
  const call = {
    name: right ? "get" : "put",
    arguments: { of: row === 0 ? "=1+1" : `thing ${row}` },
  };
  const wanted = { name: "get", arguments: { of: `thing ${row}` } };
  const text = (calls: unknown) => `<tool_call>${JSON.stringify([calls])}</tool_call>`;
  const first = right ? wanted : call;
  return makeResult(unit, {
    correct: right,
    correctStrict: right,
    calls: [first],
    verdict: right ? "" : `name:${call.name}`,
    margin: row / 10,
    uncertain: variant === "tt-si" ? row >= 6 : null,
    adapted,
    synthesisStatus: adapted ? "ok" : null,
    synthesisAttempts: adapted ? 1 : 0,
    candidateCount: 2,
    trace: makeTrace(variant, row, adapted, [text(first), text(wanted), text(first)]),
  });
}

function makeTrace(
  variant: string,
  row: number,
  adapted: boolean,
  texts: readonly string[],
): UnitTrace {
  const timing = { queueMs: 10, worker: "w", attempt: 1 } as const;
  return {
    answer: { from: adapted ? "adapter" : "base", texts, promptTokens: 50, completionTokens: 9 },
    ...(variant === "tt-si"
      ? {
          uncertainty: {
            estimator: "rss",
            candidates: ["get", "put"].map((name) => ({
              name,
              logLikelihood: -1,
              tokenCount: 1,
              probability: 0.5,
            })),
            margin: row / 10,
            tau: 0.95,
            uncertain: row >= 6,
          },
        }
      : {}),
    timings: [
      ...(variant === "tt-si"
        ? [{ ...timing, step: "scoreUncertainty" as const, computeMs: 20 + row }]
        : []),
      ...(adapted
        ? [
            { ...timing, step: "synthesize" as const, computeMs: 400 },
            { ...timing, step: "trainAdapter" as const, computeMs: 2_000 + 100 * row },
          ]
        : []),
      { ...timing, step: "infer" as const, computeMs: 100 * (1 + (row % 3)) },
    ],
  };
}
