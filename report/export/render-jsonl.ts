import type { ReportSweep } from "../report-data.js";
import { listRecords } from "./result-records.js";

/** Results as JSON lines, unit by unit. */
export function* renderJsonl(sweeps: readonly ReportSweep[]): Generator<string> {
  for (const record of listRecords(sweeps)) yield `${JSON.stringify(record)}\n`;
}
