import type { Table } from "./table.js";
import { formatCell, isNumeric } from "./table.js";

/** A table as GitHub-flavoured Markdown: title, table, notes. */
export function renderMarkdown(table: Table): string {
  const notes = table.notes.map((note) => `- ${escapeMarkdown(note)}`);
  const title = `# ${escapeMarkdown(table.title)}`;
  return [title, "", renderMarkdownGrid(table), "", ...notes, ""].join("\n");
}

/** Only its head and rows. */
export function renderMarkdownGrid({ columns, rows }: Pick<Table, "columns" | "rows">): string {
  const heads = columns.map((column) => escapeMarkdown(column.head));
  const rules = columns.map((column) => (isNumeric(column) ? "---:" : "---"));
  const cells = rows.map((row) =>
    columns.map((column, index) => escapeMarkdown(formatCell(row[index] ?? null, column.kind))),
  );
  return [heads, rules, ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** Text on one line, escaped so that no Markdown renderer finds markup in a line or cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
