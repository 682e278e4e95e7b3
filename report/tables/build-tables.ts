import { tabulatePaper } from "../paper/render-paper-comparison.js";
import type { ReportData } from "../model/report-data.js";
import { tabulateServed } from "../served/tabulate-served.js";
import { tabulateComparison, tabulateControls, tabulateSeeds } from "./comparison-tables.js";
import { tabulateCurve, tabulateEstimators, tabulateThresholds } from "./estimator-tables.js";
import {
  tabulateAnswers,
  tabulateLatency,
  tabulateModes,
  tabulateTeacher,
  tabulateUnits,
} from "./result-tables.js";
import type { Table } from "./table.js";

/** Every non-empty table of a report, in reading order. */
export function buildTables(data: ReportData): Table[] {
  const tables = [
    ...tabulatePaper(data),
    tabulateAnswers(data),
    tabulateModes(data),
    tabulateComparison(data),
    tabulateSeeds(data),
    tabulateControls(data),
    tabulateUnits(data),
    tabulateLatency(data),
    tabulateTeacher(data),
    tabulateEstimators(data),
    tabulateCurve(data),
    tabulateThresholds(data),
    ...tabulateServed(data.served ?? []),
  ];
  return tables.filter((table) => table.rows.length > 0);
}
