/** A cell: text, a number, or no value. */
export type Cell = string | number | null;

/** Display format of a column's numbers; CSV keeps every digit. */
export type ColumnKind =
  "text" | "count" | "percent" | "points" | "share" | "p" | "seconds" | "dollars" | "number";

/** One column. */
export interface Column {
  readonly head: string;
  readonly kind: ColumnKind;
}

/** A table of a report, independent of the output format. */
export interface Table {
  /** File name without extension. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** What the columns mean. */
  readonly notes: readonly string[];
}

/** Placeholder for a cell without a value. */
const NOTHING = "--";

/** A cell for display: percentages and points with two decimals, p-values with three. */
export function formatCell(cell: Cell, kind: ColumnKind): string {
  if (cell === null || (typeof cell === "number" && !Number.isFinite(cell))) return NOTHING;
  if (typeof cell === "string") return cell;
  switch (kind) {
    case "percent":
      return (100 * cell).toFixed(2);
    case "points":
      return `${cell > 0 ? "+" : ""}${(100 * cell).toFixed(2)}`;
    case "share":
    case "seconds":
      return cell.toFixed(3);
    case "p":
      return formatP(cell);
    case "dollars":
      return cell.toFixed(4);
    case "number":
      return String(Number(cell.toPrecision(4)));
    default:
      return String(cell);
  }
}

/** Three decimals; smaller values as a power of ten, so that none reads as 0. */
export function formatP(p: number): string {
  if (p >= 0.0005 || p === 0) return p.toFixed(3);
  return p.toExponential(0);
}

/** Numbers are right-aligned, text left-aligned. */
export function isNumeric(column: Column): boolean {
  return column.kind !== "text";
}
