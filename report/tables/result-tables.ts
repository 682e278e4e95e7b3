import { describeTau } from "../model/describe-tau.js";
import type { ReportData } from "../model/report-data.js";
import { column, fillByVariant } from "./layout.js";
import type { Table } from "./table.js";

/** Accuracy per variant and dataset. */
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
      "n: answers over all seeds; unparsable ones count as wrong, failed units are excluded.",
      "soft %, strict %: mean over seeds of right answers; std: sample standard deviation over seeds.",
      "low, high: 95 % interval of soft %, resampling whole samples, because runs of one sample are not independent.",
      "F1: as in Hammer's evaluation, over all seeds together.",
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

/** Single answer, majority and pass@k for units with several answers. */
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

/** Composition of every figure's denominator. */
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
      "scored + unparsable = n; failed: units without an answer for infrastructure reasons.",
      "broken: unparsable after adaptation, parsable from base.",
      "exhausted: synthesis exhausted its attempts, so base answered; one candidate: certain by definition.",
      "retried: units that ran again after a failure, or one of whose steps was retried.",
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

/** Seconds per step, without waiting (the paper's Table 4). */
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
      "Compute only, over the units that computed the step; reused values cost nothing and are counted separately.",
      "mean wait: from scheduling to start; not included in the other columns.",
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

/** Requests to the teachers of tt-d, and their cost. */
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
      "requests: made by this variant's units, including unusable replies; tokens and USD cover these only. No USD: the price is unknown.",
      "reused requests: paid for by a unit of another variant or sweep, and counted there.",
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
