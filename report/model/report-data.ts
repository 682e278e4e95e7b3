import type { GoldSample } from "../../domain/samples/sample.js";
import { readToolVersion } from "../../infra/repository.js";
import type { ResultRow, Store, SweepRecord, ThresholdRecord } from "../../store/store.js";
import type { SweepSummary } from "./summarise-sweep.js";
import { loadSweep, summariseRows } from "./summarise-sweep.js";

/**
 * All data of a report, read once from the store. It contains no timestamp of its own and no path:
 * the same stored sweeps give the same report, byte for byte.
 */
export interface ReportData {
  readonly sweeps: readonly ReportSweep[];
  /** Tool name and version. */
  readonly generatedBy: string;
}

/** One sweep of a report. */
export interface ReportSweep {
  readonly record: SweepRecord;
  readonly summary: SweepSummary;
  /** Thresholds chosen for `tau: auto`. */
  readonly thresholds: readonly ThresholdRecord[];
  /** Reported units that have a result, in key order, with traces. */
  readonly units: readonly ResultRow[];
  /** Keyed by `<dataset>/<sample key>`. */
  readonly samples: ReadonlyMap<string, GoldSample>;
}

/** Reads the named sweeps. Throws `SWEEP_NOT_FOUND`. */
export async function collectReportData(
  store: Store,
  sweeps: readonly string[],
): Promise<ReportData> {
  const collected: ReportSweep[] = [];
  for (const name of sweeps) {
    const loaded = await loadSweep(store, name);
    collected.push({
      record: loaded.record,
      summary: summariseRows(loaded),
      thresholds: loaded.thresholds,
      units: loaded.rows,
      samples: loaded.samples,
    });
  }
  return { sweeps: collected, generatedBy: `whetstone ${readToolVersion()}` };
}
