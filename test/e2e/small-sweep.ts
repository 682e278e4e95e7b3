import type { ResultRow } from "../../store/store.js";

/** A small version of the quick start sweep: every method, calibration, and samples that adapt. */
export const smallSweep = `
sweep: small
model: tiny
dataset: { format: lookalike, limit: 12, calibration: 6 }
inference: { maxTokens: 96 }
synthesis: { decoding: constrained, maxTokens: 192 }
training: { learningRate: 5e-3 }
variants:
  - base
  - { name: tt-si-auto, method: tt-si, tau: auto }
  - { name: tt-si-all, method: tt-si, selection: all }
  - argmax-name
`;

/** A result without the parts that differ between runs (times, ids). */
function describeOutcome(row: ResultRow): object {
  const { uncertainty, synthesis, training, answer } = row.trace;
  return {
    unit: row.unitKey.slice(row.sweep.length + 1),
    outcome: row.outcome,
    correct: row.correct,
    calls: row.calls,
    verdict: row.verdict,
    uncertain: row.uncertain,
    adapted: row.adapted,
    margin: uncertainty === undefined ? null : uncertainty.margin.toFixed(4),
    pairs: synthesis?.pairs ?? null,
    reasons: synthesis?.attempts.map((attempt) => attempt.reason) ?? null,
    losses: training?.losses.map((loss) => loss.toFixed(3)) ?? null,
    texts: answer?.texts ?? null,
  };
}

/** Outcomes of all rows, in unit order. */
export function describeOutcomes(rows: readonly ResultRow[]): object[] {
  return [...rows]
    .sort((left, right) => (left.unitKey < right.unitKey ? -1 : 1))
    .map((row) => describeOutcome(row));
}
