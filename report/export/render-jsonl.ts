import { stringifyExactly } from "../../domain/json/exact-number.js";
import { escapeControlsInJson } from "../../domain/text/control-characters.js";
import type { ReportSweep } from "../model/report-data.js";
import type { RecordColumn } from "./result-records.js";
import { listRecords, RECORD_COLUMNS } from "./result-records.js";

/** Results as JSON Lines, one unit per line, without raw control characters. */
export function* renderJsonl(
  sweeps: readonly ReportSweep[],
  columns: readonly RecordColumn[] = RECORD_COLUMNS,
): Generator<string> {
  for (const record of listRecords(sweeps, columns)) {
    yield `${escapeControlsInJson(stringifyExactly(record))}\n`;
  }
}
