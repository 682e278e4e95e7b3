import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { stringifyExactly } from "../../domain/json/exact-number.js";
import { describeWriter, type ExportSource } from "./export-source.js";
import type { RecordColumn, RecordKind, ResultRecord } from "./result-records.js";
import { listRecords, RECORD_COLUMNS } from "./result-records.js";

const TYPES = {
  text: "STRING",
  flag: "BOOLEAN",
  count: "INT32",
  number: "DOUBLE",
  // Text that holds JSON: readers that support the JSON type parse it; others see a string.
  json: "STRING",
} as const satisfies Record<RecordKind, string>;

/** Rows per row group: the largest part of a file that is in memory at once. */
const GROUP = 1_000;

/** Results as one Parquet file (Snappy), one row per unit; structured values as JSON text. */
export async function* renderParquet(
  sources: readonly ExportSource[],
  columns: readonly RecordColumn[] = RECORD_COLUMNS,
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: toColumnData(columns, []) }),
    createdBy: describeWriter(),
  });
  let group: ResultRecord[] = [];
  for await (const record of listRecords(sources, columns)) {
    group.push(record);
    if (group.length < GROUP) continue;
    await writeGroup(file, columns, group);
    yield takeBytes(writer);
    group = [];
  }
  if (group.length > 0) await writeGroup(file, columns, group);
  await file.finish();
  yield takeBytes(writer);
}

async function writeGroup(
  file: ParquetWriter,
  columns: readonly RecordColumn[],
  records: readonly ResultRecord[],
): Promise<void> {
  const columnData = toColumnData(columns, records).map(({ name, data }) => ({ name, data }));
  await file.write({ columnData, rowGroupSize: GROUP });
}

function toColumnData(columns: readonly RecordColumn[], records: readonly ResultRecord[]) {
  return columns.map(({ name, kind }) => ({
    name,
    type: TYPES[kind],
    nullable: true,
    data: records.map((record) => {
      const value = record[name] ?? null;
      return kind === "json" && value !== null ? stringifyExactly(value) : value;
    }),
  }));
}

/** Empties the writer's buffer; its count of all bytes, which the file's footer refers to, stays. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
