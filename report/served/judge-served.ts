import { clusteredInterval } from "../../domain/statistics/statistics.js";
import type { ServedFrom } from "../../domain/served/served-answer.js";
import type { JudgedServedRequest } from "../../store/store.js";
import { share } from "../statistics/accuracy.js";
import type { JudgedRow } from "../statistics/flips.js";
import { pairedDifference, pairWithBase } from "../statistics/flips.js";
import { bootstrapDifference, groupBySample, headlineP } from "../statistics/variant-statistics.js";

/** Accuracy of the answers with feedback. */
export interface FeedbackSummary {
  /** Who answered; "all": anybody. */
  readonly answers: ServedFrom | "all";
  readonly n: number;
  /** Right answers of n, 0..1. */
  readonly soft: number;
  /** 95 % interval of it; requests that ask the same are drawn together. */
  readonly interval: { readonly low: number; readonly high: number };
  /** Right answers with strings compared exactly, of those whose feedback has the right calls; null without any. */
  readonly strict: number | null;
  /** The comparison with the base model's answers; null if these are the answers, or without a pair. */
  readonly againstBase: BaseComparison | null;
}

/** Served answers against the base model's to the same requests, where the feedback has the right calls. */
export interface BaseComparison {
  readonly pairs: number;
  /** Right answers of the pairs, 0..1. */
  readonly served: number;
  readonly base: number;
  /** Wrong by the base model, right as served; and the other way round. */
  readonly gained: number;
  readonly lost: number;
  /** Difference served - base over the pairs. */
  readonly difference: number;
  /** Paired bootstrap over requests: 95 % interval of the difference, two-sided p. */
  readonly bootstrap: { readonly low: number; readonly high: number; readonly p: number };
  /** Exact McNemar; if requests ask the same, the bootstrap's p, as for several seeds of a sweep. */
  readonly p: number;
}

/** Feedback on the requests of one period. */
export interface PeriodFeedback {
  readonly n: number;
  /** Right answers of n, 0..1; null without feedback. */
  readonly soft: number | null;
  /** Adapted answers whose base answer was judged, too, and how many of both are right. */
  readonly pairs: number;
  readonly adapted: number | null;
  readonly base: number | null;
}

const ANSWERS: readonly FeedbackSummary["answers"][] = ["adapted", "base", "late", "all"];

/** The accuracy of each kind of answer that has feedback, and of all. */
export function summariseFeedback(judged: readonly JudgedServedRequest[]): FeedbackSummary[] {
  return ANSWERS.flatMap((answers) => {
    const own = answers === "all" ? judged : judged.filter(({ from }) => from === answers);
    if (own.length === 0) return [];
    const rows = toRows(own, ({ served }) => served.correct);
    const clusters = groupBySample(rows).map((cluster) =>
      cluster.map(({ correct }) => (correct === true ? 1 : 0)),
    );
    const { estimate, low, high } = clusteredInterval(clusters);
    const compared = own.filter(({ served }) => served.correctStrict !== null);
    return [
      {
        ...{ answers, n: own.length, soft: estimate, interval: { low, high } },
        strict: share(compared, ({ served }) => served.correctStrict === true),
        againstBase: answers === "base" || answers === "late" ? null : compareWithBase(own),
      },
    ];
  });
}

/** The feedback of one period. */
export function summarisePeriod(judged: readonly JudgedServedRequest[]): PeriodFeedback {
  const pairs = listPairs(judged.filter(({ from }) => from === "adapted"));
  return {
    n: judged.length,
    soft: share(judged, ({ served }) => served.correct),
    pairs: pairs.length,
    adapted: share(pairs, ({ served }) => served.correct),
    base: share(pairs, ({ base }) => base?.correct === true),
  };
}

/** A verdict alone says nothing about the base model's answer, so only feedback with calls is compared. */
function listPairs(judged: readonly JudgedServedRequest[]): JudgedServedRequest[] {
  return judged.filter(({ hasCalls, base }) => hasCalls && base !== null);
}

function compareWithBase(judged: readonly JudgedServedRequest[]): BaseComparison | null {
  const pairs = listPairs(judged);
  const served = toRows(pairs, (each) => each.served.correct);
  const base = toRows(pairs, (each) => each.base?.correct ?? null);
  const flips = pairWithBase("base", base, served);
  const bootstrap = bootstrapDifference(base, served);
  const [difference, p] = [pairedDifference(flips), headlineP(flips, () => bootstrap?.p ?? null)];
  if (bootstrap === null || difference === null || p === null) return null;
  const { gained, lost } = flips;
  return {
    pairs: pairs.length,
    served: share(served, ({ correct }) => correct === true) ?? 0,
    base: share(base, ({ correct }) => correct === true) ?? 0,
    ...{ gained, lost, difference, bootstrap, p },
  };
}

/** Requests as a sweep's rows: a request is a sample, and asking the same again is another seed of it. */
function toRows(
  judged: readonly JudgedServedRequest[],
  isRight: (request: JudgedServedRequest) => boolean | null,
): JudgedRow[] {
  const seen = new Map<string, number>();
  return judged.map((request) => {
    const seed = seen.get(request.bodyHash) ?? 0;
    seen.set(request.bodyHash, seed + 1);
    return { dataset: "served", sampleKey: request.bodyHash, seed, correct: isRight(request) };
  });
}
