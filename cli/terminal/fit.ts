import type { FitRow } from "../../domain/formats/format-fit.js";
import type { FitTable } from "../../planning/fit/fit-table.js";
import { formatColumns, shorten } from "./format.js";

/** Characters shown of an example answer. */
const EXAMPLE_WIDTH = 100;

/** Renders a fit as text lines: the table, one answer per row, and what follows from it. */
export function renderFit(table: FitTable): string[] {
  const { rows, model, records } = table;
  return [
    `model ${model}, ${records.length} ${records.length === 1 ? "record" : "records"}, greedy`,
    "",
    ...formatColumns(
      ["prompt", "format", "readable %", "opening", "right %", ""],
      rows.map((row) => [
        row.prompt,
        row.format,
        share(row.readable, row),
        row.openingLogLikelihood?.toFixed(2) ?? "-",
        row.correct === null ? "-" : share(row.correct, row),
        isAuto(table, row) ? "auto" : "",
      ]),
      [2, 3, 4],
    ),
    "",
    "opening: mean log-likelihood of the format's opening, nats. One answer in each:",
    ...rows.map(
      ({ prompt, format, example }) =>
        `  ${prompt}, ${format}: ${example.trim() === "" ? "(empty)" : shorten(example, EXAMPLE_WIDTH)}`,
    ),
    "",
    ...conclude(table),
  ];
}

function conclude({ prompt, auto, format }: FitTable): string[] {
  if (auto === null) {
    return [
      `No answer could be read with prompt ${prompt}; format: auto would fail. Force the shape: --set inference.decoding=constrained`,
    ];
  }
  const own =
    format === "auto"
      ? "the config says auto"
      : format === auto
        ? "as the config says"
        : `the config says ${format}`;
  return [`format: auto takes ${auto} with prompt ${prompt} (${own}).`];
}

function isAuto({ prompt, auto }: FitTable, row: FitRow): boolean {
  return row.prompt === prompt && row.format === auto;
}

function share(count: number, { queries }: FitRow): string {
  return ((100 * count) / queries).toFixed(1);
}
