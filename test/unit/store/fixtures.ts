import type { ResolvedConfig } from "../../../domain/config/config.js";
import type { GoldSample } from "../../../domain/samples/sample.js";
import type { PlannedUnit } from "../../../domain/units/unit.js";
import { unitKey } from "../../../domain/identity/unit-key.js";
import type { ResultRow, SweepRecord } from "../../../store/store.js";
import { parse } from "../domain/config/fixtures.js";

/** A resolved config of sweep `trial`. */
export const CONFIG: ResolvedConfig = parse(
  "sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [base, tt-si]",
);

export function makeSweep(
  changes: Partial<SweepRecord> = {},
): Omit<SweepRecord, "createdAt" | "updatedAt"> {
  return {
    name: "trial",
    status: "planned",
    statusReason: null,
    configHash: "hash",
    hashVersion: 1,
    configText: "sweep: trial\n",
    config: CONFIG,
    provenance: { host: "here" },
    ...changes,
  };
}

export function makeSampleKey(row: number): string {
  return `${row}-${row.toString(16).padStart(8, "0")}`;
}

export function makeSample(row: number, text = `query ${row}`): GoldSample {
  return {
    sample: {
      key: makeSampleKey(row),
      dataset: "lookalike",
      row,
      messages: [{ role: "user", content: text }],
      tools: [{ name: "get", description: "Gets.", parameters: { type: "object" } }],
    },
    gold: { calls: [{ name: "get", arguments: { of: text } }] },
  };
}

export function makeUnit(row: number, changes: Partial<PlannedUnit> = {}): PlannedUnit {
  const parts = {
    sweep: "trial",
    variant: "base",
    seed: 0,
    dataset: "lookalike",
    sampleKey: makeSampleKey(row),
    ...changes,
  };
  return { role: "report", ...parts, key: unitKey(parts) };
}

export function makeResult(unit: PlannedUnit, changes: Partial<ResultRow> = {}): ResultRow {
  const { key, ...ref } = unit;
  return {
    unitKey: key,
    ...ref,
    outcome: "scored",
    correct: true,
    correctStrict: false,
    calls: [{ name: "get", arguments: { of: "it's \u0000 \ud83d\ude00", n: [1, 2.5, null] } }],
    verdict: "",
    repaired: false,
    margin: 0.1 + 0.2,
    uncertain: false,
    adapted: false,
    synthesisStatus: null,
    synthesisAttempts: 0,
    candidateCount: 4,
    errorCode: null,
    errorMessage: null,
    attempt: 1,
    startedAt: "2026-01-01T00:00:00.000Z",
    finishedAt: "2026-01-01T00:00:01.000Z",
    runId: "run-1",
    toolVersion: "0.1.0",
    engineVersion: "0.1.0",
    trace: { timings: [{ step: "infer", queueMs: 1, computeMs: 2, worker: "w", attempt: 1 }] },
    ...changes,
  };
}

/** A row of a unit that failed. */
export function makeFailure(unit: PlannedUnit, changes: Partial<ResultRow> = {}): ResultRow {
  return makeResult(unit, {
    outcome: "failed",
    correct: null,
    correctStrict: null,
    calls: null,
    margin: null,
    uncertain: null,
    errorCode: "ENGINE_OUT_OF_MEMORY",
    errorMessage: "no memory left",
    ...changes,
  });
}
