import { canonicalJson } from "../../domain/json/canonical.js";
import type { JsonObject } from "../../domain/json/value.js";
import { listVersions } from "../model/list-versions.js";
import type { ReportData } from "../model/report-data.js";

/**
 * Where a report's figures come from: tool, and per sweep the config as given and as resolved with
 * its hash, and everything noted when it was planned (machine, dependencies, model, data, command).
 */
export function describeReport(data: ReportData): JsonObject {
  const block = {
    generatedBy: data.generatedBy,
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
  // Through canonical JSON, so that the order of keys never depends on a database.
  return JSON.parse(canonicalJson(block)) as JsonObject;
}
