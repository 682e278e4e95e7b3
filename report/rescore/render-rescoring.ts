import { describeVerdict } from "../text/describe-verdict.js";
import { formatCell } from "../tables/table.js";
import { renderTextTable } from "../text/text-table.js";
import type { ChangedUnit, Rescoring } from "./rescore-sweep.js";

/** A rescoring as plain text: figures per variant, then the units whose verdict changed. */
export function renderRescoring(rescoring: Rescoring, limit: number): string {
  const { sweep, scorer, changed, skipped } = rescoring;
  const lines = [
    `sweep ${sweep}, stored answers rescored, scorer ${scorer}`,
    "",
    ...renderTextTable(
      ["variant", "data", "n", "stored %", "now %", "+", "-", "F1 names", "F1 arguments"],
      rescoring.variants.map((row) => [
        row.label,
        row.dataset,
        String(row.n),
        formatCell(row.stored, "percent"),
        formatCell(row.now, "percent"),
        String(row.gained),
        String(row.lost),
        formatCell(row.hammer?.names.f1 ?? null, "percent"),
        formatCell(row.hammer?.arguments.f1 ?? null, "percent"),
      ]),
    ),
    "",
    "stored %, now %: right answers of n, over all seeds; +, -: verdicts that became right, or wrong.",
    "F1: as in Hammer's evaluation, for every scorer.",
    "",
    changed.length === 0 ? "no verdict changed" : `verdicts changed: ${changed.length}`,
    ...changed.slice(0, limit).map(renderChange),
  ];
  if (changed.length > limit) {
    lines.push(`  and ${changed.length - limit} more: --limit ${changed.length}, or --json`);
  }
  if (skipped > 0) {
    lines.push(`answers not judged because their sample or gold is not stored: ${skipped}`);
  }
  return lines.join("\n");
}

function renderChange({ stored, row }: ChangedUnit): string {
  return `  ${row.unitKey}  ${describe(stored)} -> ${describe(row)}`;
}

/** Tells soft from strict, which a new scorer may change alone. */
function describe(row: ChangedUnit["row"]): string {
  const verdict = describeVerdict(row);
  return row.correct === true && row.correctStrict !== true ? `${verdict} (soft)` : verdict;
}
