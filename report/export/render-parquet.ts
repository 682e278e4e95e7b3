import { stringifyExactly } from "../../domain/json/exact-number.js";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { ReportSweep } from "../model/report-data.js";
import type { RecordColumn, RecordKind } from "./result-records.js";
import { listRecords, RECORD_COLUMNS } from "./result-records.js";

const TYPES = {
  text: "STRING",
  flag: "BOOLEAN",
  count: "INT32",
  number: "DOUBLE",
  // Text that holds JSON: readers that support the JSON type parse it; others see a string.
  json: "STRING",
} as const satisfies Record<RecordKind, string>;

/** Results as one Parquet file (Snappy), one row per unit; structured values as JSON text. */
export function renderParquet(
  sweeps: readonly ReportSweep[],
  createdBy: string,
  columns: readonly RecordColumn[] = RECORD_COLUMNS,
): Uint8Array {
  const data = new Map<string, unknown[]>(columns.map(({ name }) => [name, []]));
  for (const record of listRecords(sweeps, columns)) {
    for (const { name, kind } of columns) {
      const value = record[name] ?? null;
      const isJson = kind === "json" && value !== null;
      data.get(name)?.push(isJson ? stringifyExactly(value) : value);
    }
  }
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, kind }) => ({
      name,
      type: TYPES[kind],
      data: data.get(name) ?? [],
      nullable: true,
    })),
    createdBy,
  });
  return new Uint8Array(buffer);
}
