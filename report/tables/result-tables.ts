import { describeTau } from "../model/describe-tau.js";
import type { ReportData } from "../model/report-data.js";
import { column, fillByVariant } from "./layout.js";
import type { Table } from "./table.js";

/** Accuracy per variant and data set. */
export function tabulateAnswers(data: ReportData): Table {
  const frame = {
    id: "answers",
    title: "Right answers",
    columns: [
      column("tau", "text"),
      column("n", "count"),
      column("soft %", "percent"),
      column("std", "percent"),
      column("low", "percent"),
      column("high", "percent"),
      column("strict %", "percent"),
      column("strict std", "percent"),
      column("F1 names", "percent"),
      column("F1 arguments", "percent"),
    ],
    notes: [
      "n: answers over all seeds; unparsable ones count as wrong, failed units are no answers.",
      "soft %, strict %: mean over seeds of right answers; std: sample standard deviation over seeds.",
      "low, high: 95 % interval of soft %, whole samples resampled, since runs of one sample are not independent.",
      "F1 as Hammer's evaluation takes it, over all seeds together.",
    ],
  };
  return fillByVariant(data, frame, (row) => [
    [
      describeTau(row),
      row.n,
      row.soft.mean,
      row.soft.deviation,
      row.statistics.interval?.low ?? null,
      row.statistics.interval?.high ?? null,
      row.strict.mean,
      row.strict.deviation,
      row.hammer?.names.f1 ?? null,
      row.hammer?.arguments.f1 ?? null,
    ],
  ]);
}

/** Single answer, majority and pass@k where units have several answers. */
export function tabulateModes(data: ReportData): Table {
  const frame = {
    id: "answer-modes",
    title: "One answer, majority and pass@k from the same answers",
    columns: [
      column("k", "count"),
      ...["single", "majority", "pass@k"].flatMap((mode) => [
        column(`${mode} %`, "percent"),
        column(`${mode} std`, "percent"),
      ]),
    ],
    notes: [
      "All three from the same k answers per unit; majority: most frequent call list, ties to the earliest; pass@k: any is right.",
    ],
  };
  return fillByVariant(data, frame, ({ modes }) => {
    if (modes === null) return [];
    const accuracies = [modes.single, modes.majority, modes.passAtK];
    return [[modes.k, ...accuracies.flatMap(({ mean, deviation }) => [mean, deviation])]];
  });
}

/** What every figure's denominator is made of. */
export function tabulateUnits(data: ReportData): Table {
  const frame = {
    id: "units",
    title: "Units behind the figures",
    columns: [
      column("scored", "count"),
      column("unparsable", "count"),
      column("broken", "count"),
      column("failed", "count"),
      column("exhausted", "count"),
      column("one candidate", "count"),
      column("retried", "count"),
      column("uncertain %", "percent"),
      column("adapted %", "percent"),
    ],
    notes: [
      "scored + unparsable = n; failed: ended by the machinery, no answers.",
      "broken: unparsable after adaptation, readable from base.",
      "exhausted: synthesis used up its attempts and base answered; one candidate: certain by definition.",
      "retried: run again after a failure, or with a step that was.",
    ],
  };
  return fillByVariant(data, frame, (row) => {
    const { denominators } = row.statistics;
    return [
      [
        denominators.scored,
        denominators.unparsable,
        denominators.broken,
        denominators.failed,
        denominators.exhausted,
        denominators.singleCandidate,
        denominators.retried,
        row.uncertainShare,
        row.adaptedShare,
      ],
    ];
  });
}

/** Seconds per step, waiting apart (the paper's Table 4). */
export function tabulateLatency(data: ReportData): Table {
  const frame = {
    id: "latency",
    title: "Seconds per step",
    columns: [
      column("step", "text"),
      column("computed", "count"),
      column("reused", "count"),
      ...["total", "mean", "std", "min", "max", "mean wait"].map((head) =>
        column(`${head} s`, "seconds"),
      ),
    ],
    notes: [
      "Compute only, over the units that computed the step; a reused value costs nothing and is counted apart.",
      "mean wait: from scheduling to start, in no other column.",
    ],
  };
  return fillByVariant(data, frame, (row) =>
    row.steps.map((step) => [
      step.step,
      step.computed,
      step.reused,
      ...(step.computed === 0
        ? [null, null, null, null, null, null]
        : [step.total, step.mean, step.deviation, step.least, step.most, step.queueMean]),
    ]),
  );
}

/** What the teachers of tt-d were asked and what it cost. */
export function tabulateTeacher(data: ReportData): Table {
  const frame = {
    id: "teacher",
    title: "Teacher",
    columns: [
      column("requests", "count"),
      column("prompt tokens", "count"),
      column("completion tokens", "count"),
      column("USD", "dollars"),
      column("reused requests", "count"),
    ],
    notes: [
      "requests: of this variant's units, unusable replies included; tokens and USD are of these alone. No USD: no price is known.",
      "reused requests: paid for by another unit, another variant's or another sweep's, and counted there.",
    ],
  };
  return fillByVariant(data, frame, ({ teacher }) =>
    teacher === null
      ? []
      : [
          [
            teacher.requests,
            teacher.promptTokens,
            teacher.completionTokens,
            teacher.costUsd,
            teacher.reusedRequests,
          ],
        ],
  );
}
