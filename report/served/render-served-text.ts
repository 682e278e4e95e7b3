import type { Cell, ColumnKind, Table } from "../tables/table.js";
import { formatCell } from "../tables/table.js";
import { renderFittingTable } from "../text/text-table.js";
import { wrapText } from "../text/wrap-text.js";
import { describeServed } from "./describe-served.js";
import type { ServedSummary } from "./summarise-served.js";
import { tabulateServed } from "./tabulate-served.js";

/** Periods that a terminal shows. */
const PERIODS_SHOWN = 14;

/**
 * What was served as plain text for a terminal: sentences, the newest periods, accuracy by feedback, an explanation of
 * the columns. `width`: columns of the terminal, if it is one.
 */
export function renderServedText(summary: ServedSummary, width: number | null = null): string {
  const { periods, served } = summary;
  const wrap = (lines: readonly string[]) => lines.flatMap((line) => wrapText(line, width));
  const left = Math.max(0, periods.length - PERIODS_SHOWN);
  const tables = tabulateServed([{ ...summary, periods: periods.slice(left) }]);
  const notes = tables.flatMap((table) => table.notes);
  const earlier = left === 0 ? [] : [`${left} earlier rows are in \`report --out DIR\`.`];
  return [
    ...wrap([`served as ${served}: ${describeServed(summary).join(" ")}`]),
    ...tables.flatMap((table) => ["", table.title, ...renderTable(table, width)]),
    "",
    ...wrap([...earlier, ...notes]),
  ].join("\n");
}

function renderTable({ columns, rows }: Table, width: number | null): string[] {
  return renderFittingTable(
    columns.map(({ head }) => head),
    rows.map((row) => columns.map(({ kind }, index) => formatBriefly(row[index] ?? null, kind))),
    width,
  );
}

/** Percentages and points with one decimal, as in the terminal's other tables. */
function formatBriefly(cell: Cell, kind: ColumnKind): string {
  if (typeof cell !== "number" || (kind !== "percent" && kind !== "points")) {
    return formatCell(cell, kind);
  }
  return `${kind === "points" && cell > 0 ? "+" : ""}${(100 * cell).toFixed(1)}`;
}
