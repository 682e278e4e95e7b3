import type { Selectable } from "kysely";
import type { JsonValue } from "../domain/json/value.js";
import type { UnitTrace } from "../domain/units/trace.js";
import type { Outcome, UnitRole } from "../domain/units/unit.js";
import { cleanText, fromFlag, fromJson, toFlag } from "./columns.js";
import type { ResultsTable } from "./schema.js";
import type { ResultRow } from "./store.js";

/** A result as a database row. */
export function toTableRow(row: ResultRow): ResultsTable {
  return {
    unit_key: row.unitKey,
    sweep: row.sweep,
    variant: row.variant,
    seed: row.seed,
    dataset: row.dataset,
    sample_key: row.sampleKey,
    role: row.role,
    outcome: row.outcome,
    correct: toFlag(row.correct),
    correct_strict: toFlag(row.correctStrict),
    calls: row.calls === null ? null : JSON.stringify(row.calls),
    verdict: cleanText(row.verdict),
    repaired: toFlag(row.repaired),
    margin: row.margin,
    uncertain: toFlag(row.uncertain),
    adapted: toFlag(row.adapted),
    synthesis_status: row.synthesisStatus,
    synthesis_attempts: row.synthesisAttempts,
    candidate_count: row.candidateCount,
    error_code: row.errorCode,
    error_message: row.errorMessage === null ? null : cleanText(row.errorMessage),
    attempt: row.attempt,
    started_at: row.startedAt,
    finished_at: row.finishedAt,
    run_id: row.runId,
    tool_version: row.toolVersion,
    engine_version: row.engineVersion,
    trace: JSON.stringify(row.trace),
  };
}

/** A database row as a result. */
export function fromTableRow(row: Selectable<ResultsTable>): ResultRow {
  return {
    unitKey: row.unit_key,
    sweep: row.sweep,
    variant: row.variant,
    seed: row.seed,
    dataset: row.dataset,
    sampleKey: row.sample_key,
    role: row.role as UnitRole,
    outcome: row.outcome as Outcome,
    correct: fromFlag(row.correct),
    correctStrict: fromFlag(row.correct_strict),
    calls: row.calls === null ? null : (fromJson(row.calls) as JsonValue),
    verdict: row.verdict,
    repaired: row.repaired === 1,
    margin: row.margin,
    uncertain: fromFlag(row.uncertain),
    adapted: row.adapted === 1,
    synthesisStatus: row.synthesis_status as ResultRow["synthesisStatus"],
    synthesisAttempts: row.synthesis_attempts,
    candidateCount: row.candidate_count,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    attempt: row.attempt,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    runId: row.run_id,
    toolVersion: row.tool_version,
    engineVersion: row.engine_version,
    trace: fromJson(row.trace) as UnitTrace,
  };
}
