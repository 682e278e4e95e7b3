import type { Table } from "./table.js";
import { formatCell, isNumeric } from "./table.js";

/** A table as a LaTeX `table` with booktabs rules; it needs only `\usepackage{booktabs}`. */
export function renderLatex(table: Table): string {
  const alignment = table.columns.map((column) => (isNumeric(column) ? "r" : "l")).join("");
  const line = (cells: readonly string[]) => `    ${cells.join(" & ")} \\\\`;
  const notes = table.notes.map((note) => `  % ${note.replace(/\s+/g, " ")}`);
  return [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${escapeLatex(table.title)}}`,
    `  \\label{tab:${table.id}}`,
    ...notes,
    `  \\begin{tabular}{${alignment}}`,
    "    \\toprule",
    line(table.columns.map((column) => escapeLatex(column.head))),
    "    \\midrule",
    ...table.rows.map((row) =>
      line(
        table.columns.map((column, index) => {
          const text = escapeLatex(formatCell(row[index] ?? null, column.kind));
          // A hyphen is not a minus sign; signs before digits are set in math mode.
          return isNumeric(column) ? text.replace(/^([+-])(?=\d)/, "$$$1$$") : text;
        }),
      ),
    ),
    "    \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
    "",
  ].join("\n");
}

const SPECIALS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
};

/** Text on one line, with every LaTeX special character escaped. */
export function escapeLatex(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\~^<>|"{}$&#%_]/g, (character) => SPECIALS[character] ?? `\\${character}`);
}
