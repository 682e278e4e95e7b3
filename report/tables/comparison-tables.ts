import type { ReportData } from "../model/report-data.js";
import { pairedDifference } from "../statistics/flips.js";
import { column, fillByVariant } from "./layout.js";
import type { Table } from "./table.js";

/** Each variant against base, over all seeds. */
export function tabulateComparison(data: ReportData): Table {
  const frame = {
    id: "against-base",
    title: "Against base",
    columns: [
      column("base", "text"),
      column("pairs", "count"),
      column("gained", "count"),
      column("lost", "count"),
      column("difference", "points"),
      column("low", "points"),
      column("high", "points"),
      column("bootstrap p", "p"),
      column("McNemar p", "p"),
      column("Holm p", "p"),
    ],
    notes: [
      "gained: wrong with base, right with the variant; lost: the reverse; over all seeds.",
      "difference in percentage points over the pairs; low, high, bootstrap p: 10,000 seeded resamples of whole samples.",
      "McNemar p: exact, two-sided; only for a single seed (for several seeds see against-base-by-seed).",
      "Holm p: McNemar p for one seed, bootstrap p for several, adjusted over the sweep's data sets.",
    ],
  };
  return fillByVariant(data, frame, ({ flips, statistics }) => {
    if (flips === null || flips.pairs === 0) return [];
    const { bootstrap, mcnemar, holm } = statistics;
    return [
      [
        flips.against,
        flips.pairs,
        flips.gained,
        flips.lost,
        pairedDifference(flips),
        bootstrap?.low ?? null,
        bootstrap?.high ?? null,
        bootstrap?.p ?? null,
        mcnemar.length === 1 ? (mcnemar[0]?.p ?? null) : null,
        holm,
      ],
    ];
  });
}

/** The exact McNemar test of each seed. */
export function tabulateSeeds(data: ReportData): Table {
  const frame = {
    id: "against-base-by-seed",
    title: "Against base, seed by seed",
    columns: [
      column("seed", "count"),
      column("pairs", "count"),
      column("gained", "count"),
      column("lost", "count"),
      column("McNemar p", "p"),
    ],
    notes: ["McNemar p: exact, two-sided, not adjusted."],
  };
  return fillByVariant(data, frame, ({ flips }) =>
    (flips?.bySeed ?? []).map(({ seed, pairs, gained, lost, p }) => [seed, pairs, gained, lost, p]),
  );
}

/** Each method beside each control. */
export function tabulateControls(data: ReportData): Table {
  const frame = {
    id: "against-controls",
    title: "Against the controls",
    columns: [
      column("soft %", "percent"),
      column("control", "text"),
      column("control's soft %", "percent"),
      column("gained", "count"),
      column("lost", "count"),
      column("p", "p"),
    ],
    notes: [
      "gained: wrong with the control, right with the variant; over all seeds.",
      "p: exact McNemar for one seed, paired bootstrap over samples for several. Not adjusted.",
      "A gain over base that a control shares is not due to what the control leaves out.",
    ],
  };
  return fillByVariant(data, frame, (row, others) =>
    row.statistics.against.map(({ control, gained, lost, p }) => [
      row.soft.mean,
      control,
      others.find((other) => other.variant === control)?.soft.mean ?? null,
      gained,
      lost,
      p,
    ]),
  );
}
