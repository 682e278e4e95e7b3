import type { Table } from "./table.js";
import { formatCell, isNumeric } from "./table.js";

/** A table as GitHub-flavoured Markdown: title, table, notes. */
export function renderMarkdown(table: Table): string {
  const heads = table.columns.map((column) => escapeMarkdown(column.head));
  const rules = table.columns.map((column) => (isNumeric(column) ? "---:" : "---"));
  const rows = table.rows.map((row) =>
    table.columns.map((column, index) =>
      escapeMarkdown(formatCell(row[index] ?? null, column.kind)),
    ),
  );
  const lines = [heads, rules, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const notes = table.notes.map((note) => `- ${escapeMarkdown(note)}`);
  return [`# ${escapeMarkdown(table.title)}`, "", ...lines, "", ...notes, ""].join("\n");
}

/** Text that no Markdown reader takes for markup within a line or a cell, on one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
