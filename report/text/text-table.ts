/** Placeholder for a figure that does not apply. */
export const NOT_APPLICABLE = "--";

/**
 * Aligned plain text: the first column left-aligned, the others right-aligned, two spaces between
 * columns.
 */
export function renderTextTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
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
