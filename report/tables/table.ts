/** A cell: text, a number, or nothing to say. */
export type Cell = string | number | null;

/** How numbers of a column are written where people read them; CSV keeps every digit. */
export type ColumnKind =
  "text" | "count" | "percent" | "points" | "share" | "p" | "seconds" | "dollars" | "number";

/** One column. */
export interface Column {
  readonly head: string;
  readonly kind: ColumnKind;
}

/** A table of a report, before it is written in any format. */
export interface Table {
  /** File name without its ending. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** What the columns mean. */
  readonly notes: readonly string[];
}

/** Stands where a cell has nothing to say. */
const NOTHING = "--";

/** A cell as people read it: percentages and points with two decimals, p-values with three. */
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

/** Three decimals; smaller ones as a power of ten, so that none reads as 0. */
export function formatP(p: number): string {
  if (p >= 0.0005 || p === 0) return p.toFixed(3);
  return p.toExponential(0);
}

/** Numbers stand to the right, text to the left. */
export function isNumeric(column: Column): boolean {
  return column.kind !== "text";
}
