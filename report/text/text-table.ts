/** Placeholder for a figure that does not apply. */
export const NOT_APPLICABLE = "--";

/** Characters of each column: its longest cell, head included. */
export function columnWidths(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): number[] {
  return heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
}

/**
 * Aligned plain text: the first column left-aligned, the others right-aligned, two spaces between
 * columns.
 */
export function renderTextTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = columnWidths(heads, rows);
  const renderLine = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? "";
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [renderLine(heads), rule, ...rows.map(renderLine)];
}

/** The table, cut between columns into tables that fit `width` (null: no limit); each repeats the first column. */
export function renderFittingTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | null,
): string[] {
  if (width === null) return renderTextTable(heads, rows);
  const widths = columnWidths(heads, rows);
  const parts: number[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (let column = 1; column < heads.length; column += 1) {
    const added = (widths[column] ?? 0) + 2;
    if (used + added > width) {
      parts.push([0]);
      used = widths[0] ?? 0;
    }
    parts.at(-1)?.push(column);
    used += added;
  }
  if (parts.length < 2) return renderTextTable(heads, rows);
  const pick = (cells: readonly string[], part: readonly number[]) =>
    part.map((column) => cells[column] ?? "");
  return parts.flatMap((part, index) => [
    ...(index === 0 ? [] : [""]),
    ...renderTextTable(
      pick(heads, part),
      rows.map((row) => pick(row, part)),
    ),
  ]);
}
