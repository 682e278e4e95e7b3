import type { Cell, Table } from "./table.js";

/** A table as CSV (RFC 4180, LF line endings), numbers with every digit; 0.5 stands for 50 %. */
export function renderCsv(table: Table): string {
  return renderCsvRows([table.columns.map((column) => column.head), ...table.rows]);
}

/** Rows as CSV, of which the first may be the heads. */
export function renderCsvRows(rows: readonly (readonly (Cell | boolean)[])[]): string {
  return rows.map((row) => `${row.map(renderCsvCell).join(",")}\n`).join("");
}

/**
 * One cell. A text that a spreadsheet would treat as a formula (it starts with `=`, `+`, `-`, `@`,
 * a tab or a line break, with or without leading blanks) gets a leading apostrophe, which
 * spreadsheets hide.
 */
export function renderCsvCell(cell: Cell | boolean): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  if (typeof cell === "boolean") return String(cell);
  const harmless = /^(\s*[=+\-@]|[\t\r\n])/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
