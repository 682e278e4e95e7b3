import type { ReportData, ReportSweep } from "../model/report-data.js";
import type { Cell, Column, Table } from "../tables/table.js";
import { NOT_APPLICABLE, renderTextTable } from "../text/text-table.js";
import type { PaperComparison } from "./compare-with-paper.js";
import { compareWithPaper, describeOurs } from "./compare-with-paper.js";
import { paperReference } from "./reference.js";
import { tabulateFigureData } from "./tabulate-figure-data.js";

/**
 * A sweep's figures beside the paper's for the same experiment, as terminal text; the paper's
 * columns are marked "paper". Null if the sweep reproduces no experiment. Values are means over
 * seeds.
 */
export function renderPaperComparison(sweep: ReportSweep): string | null {
  const { config } = sweep.record;
  const reference = paperReference(config.experiment);
  if (reference === null) return null;
  const comparison = compareWithPaper(sweep);
  const figures = tabulateFigureData(sweep);
  return [
    `beside the paper: ${reference.title}; ${describeOurs(sweep)}`,
    ...(comparison === null ? [] : renderRows(comparison)),
    ...figures.flatMap(({ title, heads, rows }) => [
      title,
      ...(rows.length === 0 ? [] : renderTextTable(heads, rows)),
      "",
    ]),
    ...listNotes(reference.notes, comparison?.notes ?? []),
  ].join("\n");
}

function renderRows({ rowHeads, models, columns, rows }: PaperComparison): string[] {
  const heads = columns.flatMap(({ head, unit }) => [
    describeUnit(head, unit),
    ...models.map(headOfPaper),
  ]);
  return renderTextTable(
    [...rowHeads, ...heads],
    rows.map(({ labels, cells }) => [
      ...labels,
      ...cells.flatMap(({ ours, paper }, index) =>
        [ours, ...paper].map((value) =>
          formatValue(value, columns[index]?.unit === "samples" ? 0 : 2),
        ),
      ),
    ]),
  );
}

function describeUnit(head: string, unit: string): string {
  return unit === "samples" ? `${head} ${unit}` : head;
}

function listNotes(paper: readonly string[], ours: readonly string[]): string[] {
  return [...paper.map((note) => `paper: ${note}`), ...ours.map((note) => `ours: ${note}`)];
}

function headOfPaper(model: string): string {
  return model === "" ? "paper" : `paper, ${model}`;
}

function formatValue(value: number | null, decimals: number): string {
  return value === null ? NOT_APPLICABLE : value.toFixed(decimals);
}

/** The same as report tables: one per sweep whose experiment has printed numbers in the paper. */
export function tabulatePaper(data: ReportData): Table[] {
  return data.sweeps.flatMap((sweep) => {
    const comparison = compareWithPaper(sweep);
    return comparison === null ? [] : [toTable(sweep, comparison, data.sweeps.length > 1)];
  });
}

function toTable(sweep: ReportSweep, comparison: PaperComparison, isOneOfSeveral: boolean): Table {
  const { experiment, models, rowHeads, columns, rows, notes } = comparison;
  const number = (head: string): Column => ({ head, kind: "number" });
  return {
    id: `paper-${isOneOfSeveral ? sweep.record.name : experiment.experiment}`,
    title: `Beside the paper: ${experiment.title}; ${describeOurs(sweep)}`,
    columns: [
      ...rowHeads.map((head): Column => ({ head, kind: "text" })),
      ...columns.flatMap(({ head, unit }) => [
        number(`ours: ${describeUnit(head, unit)}`),
        ...models.map((model) => number(`paper: ${head}${model === "" ? "" : `, ${model}`}`)),
      ]),
    ],
    rows: rows.map(({ labels, cells }): Cell[] => [
      ...labels,
      ...cells.flatMap(({ ours, paper }) => [ours, ...paper]),
    ]),
    notes: listNotes(experiment.notes, notes),
  };
}
