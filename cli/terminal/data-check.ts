import type { ImportedDataset } from "../../datasets/index.js";
import { auditRecords } from "../../datasets/audit-records.js";
import {
  countCalls,
  countGoldFirst,
  countGoldPositions,
  countReachable,
  inspectRecords,
} from "../../datasets/inspect-records.js";

/** Renders a data set's files, counts and oddities as lines of text; record numbers start at 0. */
export function renderDataCheck(dataset: ImportedDataset): string[] {
  const records = dataset.samples.map(({ sample, gold }) => ({ ...sample, gold }));
  const candidates = records.map(({ tools }) => tools.length);
  const [least, most] = [Math.min(...candidates), Math.max(...candidates)];
  const positions = countGoldPositions(records).join(", ");
  // Oddities of records are listed below with all record numbers.
  const audited = new Set(auditRecords(records));
  return [
    `${dataset.name}: ${records.length} records, content ${dataset.contentHash}`,
    ...dataset.files.map(
      ({ path, sha256, title, expected }) =>
        `file ${path}: SHA-256 ${sha256}${title !== null ? `, ${title}` : expected ? ", unknown file" : ""}`,
    ),
    `candidates per record: ${least === most ? least : `${least} to ${most}`}; gold tool first, second, ...: ${positions === "" ? "never" : positions}`,
    `calls per record: ${countCalls(records)
      .map(([calls, count]) => `${count} x ${calls}`)
      .join(", ")}`,
    ...describeCeiling(countReachable(records), records.length),
    ...dataset.notes.map((note) => `note: ${note}`),
    ...dataset.warnings
      .filter((warning) => !audited.has(warning))
      .map((warning) => `warning: ${warning}`),
    ...describePosition(countGoldFirst(records)),
    ...inspectRecords(records).map(
      ({ oddity, rows }) =>
        `warning: ${oddity}: ${rows.length === records.length ? "all" : `${rows.length} of ${records.length}`} (${renderRows(rows)})`,
    ),
  ];
}

/** Renders record numbers, with runs of three or more as a range: `1, 4, 30-35`. */
export function renderRows(rows: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last?.[1] === row - 1) last[1] = row;
    else runs.push([row, row]);
  }
  return runs
    .flatMap(([first, last]) =>
      last - first < 2
        ? Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
        : [`${first}-${last}`],
    )
    .join(", ");
}

/** No answer can be right if gold calls a tool that is not offered or needs a key that the query lacks. */
function describeCeiling(reachable: number, count: number): string[] {
  if (reachable === count) return [];
  const percent = ((100 * reachable) / count).toFixed(1);
  return [
    `exact match can reach ${reachable} of ${count} (${percent} %): the others' gold calls a tool that is not offered, or holds an API key that the query does not give`,
  ];
}

/** Warns at 1.5 times the chance rate or more: a model that prefers the first tool would then look good. */
function describePosition({
  choices,
  first,
  byChance,
}: ReturnType<typeof countGoldFirst>): string[] {
  if (first < 1.5 * byChance || choices === 0) return [];
  return [
    `warning: the gold tool is first in ${first} of ${choices} records with a choice, by chance in ${Math.round(byChance)}: keep candidateOrder: shuffled`,
  ];
}
