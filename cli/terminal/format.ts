import { oneLine } from "../../domain/text/one-line.js";
import { showControls } from "../../domain/text/control-characters.js";
import { shortenText } from "../../domain/text/cut-text.js";
import { columnWidths } from "../../report/text/text-table.js";

/** Formats seconds for people: `8 s`, `2 min 05 s`, `3 h 07 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const pad = (value: number) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** Puts text on one line without control characters and truncates it to `width` characters with an ellipsis. */
export function shorten(text: string, width: number): string {
  return shortenText(showControls(oneLine(text)), width, "…");
}

/** Formats column heads and rows as aligned text lines; columns listed in `right` are right-aligned. */
export function formatColumns(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const widths = columnWidths(heads, rows);
  return [heads, ...rows].map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** Draws a bar of `width` cells for a share between 0 and 1. */
export function formatBar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** Indents every non-empty line by the given number of spaces. */
export function indent(text: string, spaces: number): string {
  const margin = " ".repeat(spaces);
  return text
    .split("\n")
    .map((line) => (line === "" ? line : margin + line))
    .join("\n");
}
