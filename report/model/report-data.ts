import { readToolVersion } from "../../infra/repository.js";
import type { Store, SweepRecord, ThresholdRecord } from "../../store/store.js";
import type { ServedSummary } from "../served/summarise-served.js";
import { summariseServed } from "../served/summarise-served.js";
import type { ReportTexts } from "./report-texts.js";
import { openTexts } from "./report-texts.js";
import type { ReportSample, ReportUnit } from "./report-unit.js";
import type { SweepSummary } from "./summarise-sweep.js";
import { loadSweep, summariseUnits } from "./summarise-sweep.js";

/**
 * All data of a report. It contains no timestamp of its own and no path: the same stored sweeps give the same report,
 * byte for byte.
 */
export interface ReportData {
  readonly sweeps: readonly ReportSweep[];
  /** What endpoints of the report's names were asked; absent: nothing. */
  readonly served?: readonly ServedSummary[];
  /** Tool name and version. */
  readonly generatedBy: string;
}

/** One sweep of a report. */
export interface ReportSweep {
  readonly record: SweepRecord;
  readonly summary: SweepSummary;
  /** Thresholds chosen for `tau: auto`. */
  readonly thresholds: readonly ThresholdRecord[];
  /** Reported units that have a result, in key order. */
  readonly units: readonly ReportUnit[];
  /** Keyed by `<dataset>/<sample key>`. */
  readonly samples: ReadonlyMap<string, ReportSample>;
  /** Where the texts of these units and samples are read. */
  readonly texts: ReportTexts;
}

/**
 * Reads the sweeps of these names, and what endpoints of these names were asked. Throws `SWEEP_NOT_FOUND` for a name
 * that has neither.
 */
export async function collectReportData(
  store: Store,
  names: readonly string[],
): Promise<ReportData> {
  const collected: ReportSweep[] = [];
  const served: ServedSummary[] = [];
  const texts = openTexts(store);
  for (const name of names) {
    const summary = await summariseServed(store, name);
    if (summary !== null) served.push(summary);
    if (summary !== null && (await store.getSweep(name)) === null) continue;
    const { record, units, thresholds, samples, ...rest } = await loadSweep(store, name);
    collected.push({
      record,
      summary: summariseUnits({ record, units, thresholds, ...rest }),
      ...{ thresholds, units, samples, texts },
    });
  }
  return { sweeps: collected, served, generatedBy: `whetstone ${readToolVersion()}` };
}
