import type { ReportData, ReportSweep } from "../model/report-data.js";
import type { VariantSummary } from "../model/summarise-sweep.js";
import { labelVariant } from "../model/variant-roles.js";
import type { Cell, Column, Table } from "./table.js";

/** A table without the columns that identify a row. */
export interface TableFrame {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
}

/** Makes the cells of one variant on one dataset: no row, one row, or several. */
export type MakeRows = (
  row: VariantSummary,
  others: readonly VariantSummary[],
) => readonly (readonly Cell[])[];

const SWEEP: Column = { head: "sweep", kind: "text" };
const ORIGIN: readonly Column[] = [
  { head: "data", kind: "text" },
  { head: "variant", kind: "text" },
];

/**
 * Fills a table variant by variant, in reading order; several sweeps add a column with the sweep's
 * name.
 */
export function fillByVariant(data: ReportData, frame: TableFrame, make: MakeRows): Table {
  return fillBySweep(data, { ...frame, columns: [...ORIGIN, ...frame.columns] }, ({ summary }) =>
    summary.datasets.flatMap(({ dataset, variants }) =>
      variants.flatMap((row) =>
        make(row, variants).map((cells) => [dataset, labelVariant(row), ...cells]),
      ),
    ),
  );
}

/** Fills a table sweep by sweep. */
export function fillBySweep(
  data: ReportData,
  frame: TableFrame,
  make: (sweep: ReportSweep) => readonly (readonly Cell[])[],
): Table {
  const several = data.sweeps.length > 1;
  return {
    ...frame,
    columns: several ? [SWEEP, ...frame.columns] : frame.columns,
    rows: data.sweeps.flatMap((sweep) =>
      make(sweep).map((cells) => (several ? [sweep.record.name, ...cells] : cells)),
    ),
  };
}

/** Shorthand for a column: `column("n", "count")`. */
export function column(head: string, kind: Column["kind"]): Column {
  return { head, kind };
}
