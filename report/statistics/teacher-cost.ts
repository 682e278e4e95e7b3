import type { SynthesisAttempt, UsageTrace } from "../../domain/units/trace.js";
import type { ReportUnit } from "../model/report-unit.js";

/** A variant's requests to its teacher, and their cost. */
export interface TeacherCost {
  /** Requests made by this sweep's units, including those with unusable replies. */
  readonly requests: number;
  readonly promptTokens: number;
  /** Includes reasoning tokens. */
  readonly completionTokens: number;
  /** US dollars; null if the price of any request is unknown. */
  readonly costUsd: number | null;
  /** Requests whose replies another unit paid for; not included in any other figure. */
  readonly reusedRequests: number;
}

/** Adds up a teacher's requests over the rows; null if none was asked. */
export function measureTeacher(rows: readonly ReportUnit[]): TeacherCost | null {
  const own: UsageTrace[] = [];
  let reusedRequests = 0;
  for (const { trace } of rows) {
    const timings = trace.timings.filter(({ step }) => step === "synthesize");
    groupByPair(trace.synthesis?.attempts ?? []).forEach((attempts, place) => {
      const asked = attempts.flatMap(({ usage }) => usage ?? []);
      // One timing per pair, in draw order.
      if (timings[place]?.reusedFrom === undefined) own.push(...asked);
      else reusedRequests += asked.length;
    });
  }
  if (own.length + reusedRequests === 0) return null;
  return {
    requests: own.length,
    promptTokens: own.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    completionTokens: own.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    costUsd: own.every(({ costUsd }) => costUsd !== undefined)
      ? own.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)
      : null,
    reusedRequests,
  };
}

type Attempt = Pick<SynthesisAttempt, "k" | "usage">;

/** The attempts at each pair, in draw order of the pairs. */
function groupByPair(attempts: readonly Attempt[]): Attempt[][] {
  const pairs = new Map<number, Attempt[]>();
  for (const attempt of attempts) {
    pairs.set(attempt.k, [...(pairs.get(attempt.k) ?? []), attempt]);
  }
  return [...pairs.values()];
}
