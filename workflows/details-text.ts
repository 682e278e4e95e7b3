import { cutText } from "../domain/text/cut-text.js";

/** Widest cell of a table, characters; a longer one would break the lines of the page. */
const CELL = 100;

/** A title and, below it, a code block of aligned columns; the title alone if there are no rows. */
export function block(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return title;
  const cells = [heads, ...rows].map((row) => row.map(oneLine));
  const widths = heads.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? "").length)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [title, "", "```", ...lines, "```"].join("\n");
}

/** Inline code on one line. */
export function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll(/\s+/g, " ")}\``;
}

/** Rounds to three decimal places. */
export function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** Three backquotes would end the block. */
function oneLine(text: string): string {
  const line = text.replaceAll("`", "'").replaceAll(/\s+/g, " ").trim();
  return line.length <= CELL ? line : `${cutText(line, CELL - 1)}…`;
}
