/** Cells in columns, the first left-aligned. */
export function formatRow(cells: readonly (string | number)[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => {
      const width = widths[column] ?? 10;
      return column === 0 ? String(cell).padEnd(width) : String(cell).padStart(width);
    })
    .join("  ");
}
