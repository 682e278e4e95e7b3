import { column } from "../tables/layout.js";
import type { Cell, Column, Table } from "../tables/table.js";
import type { FeedbackSummary } from "./judge-served.js";
import type { ServedPeriod, ServedSummary, ServedTotals } from "./summarise-served.js";

const WHO: Readonly<Record<FeedbackSummary["answers"], string>> = {
  adapted: "adapted model",
  base: "base model",
  late: "base model, late",
  all: "all",
};

/** Every non-empty table of what was served. */
export function tabulateServed(served: readonly ServedSummary[]): Table[] {
  return [tabulatePeriods(served), tabulateFeedback(served)].filter(({ rows }) => rows.length > 0);
}

/** How requests ended, over time, with the accuracy of those with feedback. */
function tabulatePeriods(served: readonly ServedSummary[]): Table {
  const hasFeedback = served.some(({ feedback }) => feedback.length > 0);
  const table = {
    id: "served-requests",
    title: "Served requests over time (UTC)",
    columns: [
      column("accepted", "text"),
      ...["asked", "uncertain", "adapted", "base", "fallback", "late", "failed", "open"].map(
        (head) => column(head, "count"),
      ),
      ...(hasFeedback ? FEEDBACK_COLUMNS : []),
    ],
    notes: [
      "adapted: answered by the method; base: by the base model; fallback: by the base model because the method failed; late: by the base model because the latency budget ran out.",
      "failed: without an answer, because the base model failed, too; open: without an answer yet. uncertain: found so, whoever answered.",
      ...(hasFeedback
        ? [
            "feedback, right %: answers with feedback, and those of them that are right; pairs, adapted %, base %: adapted answers with the right calls as feedback, and how many of them and of the base model's answers to the same requests are right.",
          ]
        : []),
    ],
  };
  return fill(served, table, ({ periods, totals, feedback }) => {
    const rows = periods.map((each) => [
      ...[each.period, ...cellsOf(each)],
      ...(hasFeedback ? feedbackCells(each) : []),
    ]);
    if (rows.length < 2) return rows;
    return [...rows, ["all", ...cellsOf(totals), ...(hasFeedback ? totalCells(feedback) : [])]];
  });
}

const FEEDBACK_COLUMNS: readonly Column[] = [
  column("feedback", "count"),
  column("right %", "percent"),
  column("pairs", "count"),
  column("adapted %", "percent"),
  column("base %", "percent"),
];

function cellsOf(totals: ServedTotals): Cell[] {
  const { asked, uncertain, adapted, base, fallback, late, failed, open } = totals;
  return [asked, uncertain, adapted, base, fallback, late, failed, open];
}

function feedbackCells({ feedback }: ServedPeriod): Cell[] {
  const { n, soft, pairs, adapted, base } = feedback;
  return [n, soft, pairs, adapted, base];
}

function totalCells(feedback: readonly FeedbackSummary[]): Cell[] {
  const all = feedback.find(({ answers }) => answers === "all");
  const pairs = feedback.find(({ answers }) => answers === "adapted")?.againstBase;
  return [
    ...[all?.n ?? 0, all?.soft ?? null],
    ...[pairs?.pairs ?? 0, pairs?.served ?? null, pairs?.base ?? null],
  ];
}

/** Accuracy of the answers with feedback, against the base model's answers. */
function tabulateFeedback(served: readonly ServedSummary[]): Table {
  const table = {
    id: "served-feedback",
    title: "Right answers by feedback",
    columns: [
      column("answered by", "text"),
      column("n", "count"),
      ...["soft %", "low", "high", "strict %"].map((head) => column(head, "percent")),
      column("pairs", "count"),
      ...["served %", "base %"].map((head) => column(head, "percent")),
      ...["gained", "lost"].map((head) => column(head, "count")),
      ...["difference", "low", "high"].map((head) => column(head, "points")),
      ...["p", "bootstrap p"].map((head) => column(head, "p")),
    ],
    notes: [
      "soft %, strict %: right answers of n by the scoring of sweeps, or as the feedback says; low, high: 95 % interval.",
      "pairs: answers whose feedback has the right calls, against the base model's answers to the same requests; gained: wrong by the base model, right as served.",
      "p: exact McNemar, two-sided; if requests ask the same, paired bootstrap over different requests.",
      "Feedback is what clients send: if they judge some answers and not others, these figures are those of the judged ones.",
    ],
  };
  return fill(served, table, ({ feedback }) =>
    feedback.map(({ answers, n, soft, interval, strict, againstBase }) => [
      ...[WHO[answers], n, soft, interval.low, interval.high, strict],
      ...(againstBase === null
        ? Array.from({ length: 10 }, () => null)
        : [
            ...[againstBase.pairs, againstBase.served, againstBase.base],
            ...[againstBase.gained, againstBase.lost, againstBase.difference],
            ...[againstBase.bootstrap.low, againstBase.bootstrap.high],
            ...[againstBase.p, againstBase.bootstrap.p],
          ]),
    ]),
  );
}

/** Several served names add a column with the name. */
function fill(
  served: readonly ServedSummary[],
  table: Omit<Table, "rows">,
  make: (summary: ServedSummary) => readonly (readonly Cell[])[],
): Table {
  const several = served.length > 1;
  return {
    ...table,
    columns: several ? [column("served", "text"), ...table.columns] : table.columns,
    rows: served.flatMap((summary) =>
      make(summary).map((cells) => (several ? [summary.served, ...cells] : cells)),
    ),
  };
}
