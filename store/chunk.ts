/** Bound parameters per statement; below SQLite's limit of 32,766 and PostgreSQL's of 65,535. */
const MAX_PARAMETERS = 30_000;

/** Splits rows so that one multi-row insert of `columns` columns stays under the parameter limit. */
export function chunkRows<T>(rows: readonly T[], columns: number): T[][] {
  const size = Math.max(1, Math.min(1_000, Math.floor(MAX_PARAMETERS / columns)));
  const chunks: T[][] = [];
  for (let start = 0; start < rows.length; start += size) {
    chunks.push(rows.slice(start, start + size));
  }
  return chunks;
}

/** Deduplicates rows by key and keeps the last: a statement must not upsert a row twice. */
export function keepLast<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}
