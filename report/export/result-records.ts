import type { VariantSpec } from "../../domain/config/variant.js";
import type { ResultRow } from "../../store/store.js";
import type { ExportSource, ExportUnit } from "./export-source.js";
import { STEPS } from "../statistics/step-seconds.js";

/** Kind of value that a column of the results holds. */
export type RecordKind = "text" | "flag" | "count" | "number" | "json";

/** One column of the results. */
export interface RecordColumn {
  readonly name: string;
  readonly kind: RecordKind;
  read(context: RecordContext): unknown;
}

interface RecordContext extends ExportUnit {
  readonly model: string;
  readonly variant: VariantSpec | undefined;
}

/** Columns of the exported results, one record per unit; `json` columns hold structured values. */
export const RECORD_COLUMNS: readonly RecordColumn[] = [
  { name: "unit", kind: "text", read: ({ row }) => row.unitKey },
  { name: "sweep", kind: "text", read: ({ row }) => row.sweep },
  { name: "model", kind: "text", read: ({ model }) => model },
  { name: "dataset", kind: "text", read: ({ row }) => row.dataset },
  { name: "sample", kind: "text", read: ({ row }) => row.sampleKey },
  { name: "variant", kind: "text", read: ({ row }) => row.variant },
  { name: "method", kind: "text", read: ({ variant }) => variant?.method },
  { name: "seed", kind: "count", read: ({ row }) => row.seed },
  { name: "outcome", kind: "text", read: ({ row }) => row.outcome },
  { name: "correct", kind: "flag", read: ({ row }) => row.correct },
  { name: "correct_strict", kind: "flag", read: ({ row }) => row.correctStrict },
  { name: "verdict", kind: "text", read: ({ row }) => row.verdict },
  { name: "repaired", kind: "flag", read: ({ row }) => row.repaired },
  { name: "estimator", kind: "text", read: ({ row }) => row.trace.uncertainty?.estimator },
  { name: "margin", kind: "number", read: ({ row }) => row.margin },
  { name: "tau", kind: "number", read: ({ row }) => row.trace.uncertainty?.tau },
  { name: "uncertain", kind: "flag", read: ({ row }) => row.uncertain },
  { name: "adapted", kind: "flag", read: ({ row }) => row.adapted },
  { name: "candidates", kind: "count", read: ({ row }) => row.candidateCount },
  { name: "synthesis_status", kind: "text", read: ({ row }) => row.synthesisStatus },
  { name: "synthesis_attempts", kind: "count", read: ({ row }) => row.synthesisAttempts },
  { name: "attempt", kind: "count", read: ({ row }) => row.attempt },
  { name: "error_code", kind: "text", read: ({ row }) => row.errorCode },
  { name: "error_message", kind: "text", read: ({ row }) => row.errorMessage },
  ...STEPS.map((step): RecordColumn => ({
    name: `${step}_ms`,
    kind: "number",
    read: ({ row }) => computedMs(row, step),
  })),
  { name: "queue_ms", kind: "number", read: ({ row }) => queuedMs(row) },
  { name: "started_at", kind: "text", read: ({ row }) => row.startedAt },
  { name: "finished_at", kind: "text", read: ({ row }) => row.finishedAt },
  { name: "run_id", kind: "text", read: ({ row }) => row.runId },
  { name: "tool_version", kind: "text", read: ({ row }) => row.toolVersion },
  { name: "engine_version", kind: "text", read: ({ row }) => row.engineVersion },
  { name: "answers", kind: "json", read: ({ row }) => row.trace.answer?.texts },
  { name: "calls", kind: "json", read: ({ row }) => row.calls },
  { name: "messages", kind: "json", read: ({ sample }) => sample?.sample.messages },
  { name: "gold", kind: "json", read: ({ sample }) => sample?.gold.calls },
  { name: "trace", kind: "json", read: ({ row }) => row.trace },
];

/**
 * Columns without conversations, gold, answers and traces, whose redistribution a dataset's license
 * may forbid.
 */
export const COLUMNS_WITHOUT_TEXTS = RECORD_COLUMNS.filter(({ kind }) => kind !== "json");

/** One unit as an object, in column order; null if a column has no value. */
export type ResultRecord = Readonly<Record<string, unknown>>;

/** The units of each source in turn, one at a time. */
export async function* listRecords(
  sources: readonly ExportSource[],
  columns: readonly RecordColumn[] = RECORD_COLUMNS,
): AsyncGenerator<ResultRecord> {
  for (const { record, readUnits } of sources) {
    const { model, variants } = record.config;
    const byName = new Map(variants.map((each) => [each.name, each]));
    for await (const unit of readUnits()) {
      const context = { ...unit, model, variant: byName.get(unit.row.variant) };
      yield Object.fromEntries(
        columns.map((column) => [column.name, column.read(context) ?? null]),
      );
    }
  }
}

/** Null if the unit did not run the step or reused another unit's value. */
function computedMs(row: ResultRow, step: string): number | null {
  const own = row.trace.timings.filter(
    (timing) => timing.step === step && timing.reusedFrom === undefined,
  );
  return own.length === 0 ? null : own.reduce((sum, timing) => sum + timing.computeMs, 0);
}

function queuedMs(row: ResultRow): number {
  return row.trace.timings.reduce((sum, timing) => sum + timing.queueMs, 0);
}
