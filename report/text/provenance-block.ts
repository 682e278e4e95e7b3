import { canonicalJson } from "../../domain/json/canonical.js";
import type { JsonObject } from "../../domain/json/value.js";
import { listVersions } from "../model/list-versions.js";
import type { ReportData } from "../model/report-data.js";

/**
 * Origin of a report's figures: the tool, and per sweep the config as written and as resolved with
 * its hash, plus everything recorded at planning time (machine, dependencies, model, data,
 * command).
 */
export function describeReport(data: ReportData): JsonObject {
  const block = {
    generatedBy: data.generatedBy,
    ...(data.served === undefined || data.served.length === 0
      ? {}
      : { served: data.served.map(({ served, totals }) => ({ name: served, totals })) }),
    sweeps: data.sweeps.map(({ record, summary, thresholds, units }) => ({
      name: record.name,
      status: record.status,
      statusReason: record.statusReason,
      createdAt: record.createdAt,
      configHash: record.configHash,
      hashVersion: record.hashVersion,
      configText: record.configText,
      config: record.config,
      units: { planned: summary.planned, answered: summary.answered, failed: summary.failed },
      versions: listVersions(units),
      thresholds,
      provenance: record.provenance,
    })),
  };
  // Canonical JSON makes the key order independent of the database.
  return JSON.parse(canonicalJson(block)) as JsonObject;
}
