import { describe, expect, it } from "vitest";
import type { StepTiming, SynthesisAttempt, UnitTrace } from "../../../../domain/units/trace.js";
import { renderSummaryTable } from "../../../../report/text/summary-table.js";
import type { ReportSweep } from "../../../../report/model/report-data.js";
import { summariseRows, withTexts } from "../with-texts.js";
import { buildTables } from "../../../../report/tables/build-tables.js";
import { renderMarkdown } from "../../../../report/tables/render-markdown.js";
import { measureTeacher } from "../../../../report/statistics/teacher-cost.js";
import { parse } from "../../domain/config/fixtures.js";
import { makeFailure, makeResult, makeSweep, makeUnit } from "../../store/fixtures.js";
import { makeReportData } from "../fixtures.js";

const attempt = (k: number, number: number, costUsd?: number): SynthesisAttempt => ({
  k,
  attempt: number,
  seed: 1,
  reason: "ok",
  excerpt: "",
  usage: {
    promptTokens: 1_000,
    completionTokens: 10,
    ...(costUsd === undefined ? {} : { costUsd }),
  },
});
const timing = (reusedFrom?: string): StepTiming => ({
  step: "synthesize",
  queueMs: 0,
  computeMs: 0,
  worker: "w",
  attempt: 1,
  ...(reusedFrom === undefined ? {} : { reusedFrom }),
});
const traceOf = (
  attempts: readonly SynthesisAttempt[],
  timings: readonly StepTiming[],
): UnitTrace => ({ synthesis: { status: "ok", pairs: [], attempts }, timings });

/**
 * Two pairs, the second of which took two requests; then the same pairs again with a new third
 * pair.
 */
const paid = traceOf(
  [attempt(0, 1, 0.5), attempt(1, 1, 0.25), attempt(1, 2, 0.25)],
  [timing(), timing()],
);
const shared = traceOf(
  [attempt(0, 1, 0.5), attempt(1, 1, 0.25), attempt(1, 2, 0.25), attempt(2, 1, 1)],
  [timing("a"), timing("a"), timing()],
);

function makeTeacherSweep(): ReportSweep {
  const config = parse(
    "sweep: taught\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [base, tt-d, { name: more, method: tt-d }]",
  );
  const unit = (variant: string) => makeUnit(0, { sweep: "taught", variant });
  const units = [
    makeResult(unit("base"), {}),
    makeResult(unit("tt-d"), { trace: paid }),
    makeResult(unit("more"), { trace: shared }),
  ];
  const record = {
    ...makeSweep({ name: "taught", config, status: "finished" }),
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:01:00.000Z",
  };
  const loaded = { record, rows: units, thresholds: [], planned: 3, samples: new Map() };
  const summary = summariseRows(loaded);
  return withTexts({ record, summary, thresholds: [], units, samples: new Map() });
}

describe("measureTeacher", () => {
  it("counts its own requests, and separately those that another unit paid for", () => {
    const rows = [paid, shared].map((trace, row) => makeResult(makeUnit(row), { trace }));
    expect(measureTeacher(rows)).toEqual({
      requests: 4,
      promptTokens: 4_000,
      completionTokens: 40,
      costUsd: 2,
      reusedRequests: 3,
    });
  });

  it("has no cost if one request has no price, and counts requests of failed units", () => {
    const trace = traceOf([attempt(0, 1), attempt(0, 2, 0.5)], [timing()]);
    expect(measureTeacher([{ ...makeFailure(makeUnit(0)), trace }])).toMatchObject({
      requests: 2,
      costUsd: null,
    });
  });

  it("is null if no teacher was asked", () => {
    const own = { k: 0, attempt: 1, seed: 1, reason: "ok", excerpt: "" };
    const trace = traceOf([own], [timing()]);
    expect(measureTeacher([makeResult(makeUnit(0), { trace })])).toBeNull();
  });
});

describe("a report of a sweep with a teacher", () => {
  it("has a teacher table", () => {
    const table = buildTables(makeReportData(makeTeacherSweep())).find(
      ({ id }) => id === "teacher",
    );
    const lines = table === undefined ? [] : renderMarkdown(table).split("\n");
    expect(lines.filter((line) => line.startsWith("| lookalike"))).toEqual([
      "| lookalike | tt-d | 3 | 3000 | 30 | 1.0000 | 0 |",
      "| lookalike | more | 1 | 1000 | 10 | 1.0000 | 3 |",
    ]);
  });

  it("prints the cost below the terminal's tables", () => {
    const lines = renderSummaryTable(makeTeacherSweep().summary).split("\n");
    expect(lines).toContain(
      "teacher of tt-d on lookalike: 3 requests, 3000 + 30 tokens, 1.0000 USD.",
    );
    expect(lines).toContain(
      "teacher of more on lookalike: 1 requests, 1000 + 10 tokens, 1.0000 USD; 3 more reused.",
    );
  });
});
