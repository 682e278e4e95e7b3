import type { ServedCount, Store } from "../../store/store.js";
import type { FeedbackSummary, PeriodFeedback } from "./judge-served.js";
import { summariseFeedback, summarisePeriod } from "./judge-served.js";

/** How requests ended; each is in exactly one of the counts but for `asked` and `uncertain`. */
export interface ServedTotals {
  readonly asked: number;
  /** Found uncertain by H, whoever answered. */
  readonly uncertain: number;
  /** Answered by the method. */
  readonly adapted: number;
  /** Answered by the base model. */
  readonly base: number;
  /** Answered by the base model because the method failed. */
  readonly fallback: number;
  /** Answered by the base model because the latency budget ran out. */
  readonly late: number;
  /** Without an answer because the base model failed, too. */
  readonly failed: number;
  /** Without an answer yet. */
  readonly open: number;
}

/** The requests that were accepted in one hour or on one day. */
export interface ServedPeriod extends ServedTotals {
  /** `2026-01-01 13:00` or `2026-01-01`, UTC. */
  readonly period: string;
  readonly feedback: PeriodFeedback;
}

/** What an endpoint was asked, and how it answered. */
export interface ServedSummary {
  /** Name of the config. */
  readonly served: string;
  readonly totals: ServedTotals;
  /** By hour if all are within two days, otherwise by day; in order of time, without empty ones. */
  readonly periods: readonly ServedPeriod[];
  /** Accuracy of those with feedback, by who answered; empty without feedback. */
  readonly feedback: readonly FeedbackSummary[];
}

/** Hours that are shown one by one. */
const MOST_HOURS = 48;

/** Summarizes the requests of a served name; null if there are none. */
export async function summariseServed(store: Store, name: string): Promise<ServedSummary | null> {
  const counts = await store.countServedRequests(name);
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined) return null;
  const judged = await store.listJudgedRequests(name);
  const isShort = hoursBetween(first.hour, last.hour) < MOST_HOURS;
  const periodOf = (time: string): string =>
    isShort ? `${time.slice(0, 13).replace("T", " ")}:00` : time.slice(0, 10);
  const countsByPeriod = groupBy(counts, ({ hour }) => periodOf(hour));
  const judgedByPeriod = groupBy(judged, ({ acceptedAt }) => periodOf(acceptedAt));
  return {
    served: name,
    totals: addUp(counts),
    periods: [...countsByPeriod].map(([period, own]) => ({
      period,
      ...addUp(own),
      feedback: summarisePeriod(judgedByPeriod.get(period) ?? []),
    })),
    feedback: summariseFeedback(judged),
  };
}

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const own = groups.get(keyOf(item));
    if (own === undefined) groups.set(keyOf(item), [item]);
    else own.push(item);
  }
  return groups;
}

function hoursBetween(first: string, last: string): number {
  return (Date.parse(`${last}:00:00Z`) - Date.parse(`${first}:00:00Z`)) / 3_600_000;
}

function addUp(counts: readonly ServedCount[]): ServedTotals {
  const count = (holds: (each: ServedCount) => boolean): number =>
    counts.filter(holds).reduce((sum, each) => sum + each.count, 0);
  return {
    asked: count(() => true),
    uncertain: count(({ uncertain }) => uncertain === true),
    adapted: count(({ from }) => from === "adapted"),
    base: count(({ from, failed }) => from === "base" && !failed),
    fallback: count(({ from, failed }) => from === "base" && failed),
    late: count(({ from }) => from === "late"),
    failed: count(({ from, failed }) => from === null && failed),
    open: count(({ from, failed }) => from === null && !failed),
  };
}
