import { stringifyExactly } from "../../domain/json/exact-number.js";
import { escapeControlsInJson } from "../../domain/text/control-characters.js";
import type { ExportSource } from "./export-source.js";
import type { RecordColumn } from "./result-records.js";
import { listRecords, RECORD_COLUMNS } from "./result-records.js";

/** Results as JSON Lines, one unit per line, without raw control characters. */
export async function* renderJsonl(
  sources: readonly ExportSource[],
  columns: readonly RecordColumn[] = RECORD_COLUMNS,
): AsyncGenerator<string> {
  for await (const record of listRecords(sources, columns)) {
    yield `${escapeControlsInJson(stringifyExactly(record))}\n`;
  }
}
