/** How well a model answers by one prompt in one format (docs/method.md, section 5a). */
export interface FitRow {
  readonly prompt: string;
  readonly format: string;
  readonly queries: number;
  /** Answers that can be read as calls, or as no call. */
  readonly readable: number;
  /**
   * Log-likelihood per token of the format's opening at the start of an answer, mean over the queries, nats; null if every
   * prompt was too long. Per token, because openings differ in length: a sum would favor the shortest, `[`.
   */
  readonly openingLogLikelihood: number | null;
  /** Right answers; null if they were not compared with gold. */
  readonly correct: number | null;
  /** One greedy answer. */
  readonly example: string;
}

/** The format that `format: auto` took, and why. */
export interface FormatFit {
  readonly prompt: string;
  readonly format: string;
  readonly rows: readonly FitRow[];
  /** `dataset/key` of the records that the fit used; none of them is reported on. */
  readonly records: readonly string[];
}

/** The maximum number of records of a fit. */
export const FIT_RECORDS = 16;

/** The prompt that the model's chat template makes; its format is the template's own. */
export const NATIVE_PROMPT = "native";

/** The value of `format` that asks for a fit. */
export const AUTO_FORMAT = "auto";

/**
 * The row that `format: auto` takes: the highest share of readable answers; of equal shares, the highest log-likelihood
 * per token of the opening, then the first. Null if no answer was readable.
 */
export function chooseFitRow(rows: readonly FitRow[]): FitRow | null {
  const share = ({ readable, queries }: FitRow): number => readable / queries;
  const opening = (row: FitRow): number => row.openingLogLikelihood ?? Number.NEGATIVE_INFINITY;
  const better = (row: FitRow, best: FitRow): boolean =>
    share(row) !== share(best) ? share(row) > share(best) : opening(row) > opening(best);
  const [first, ...others] = rows.filter(({ readable }) => readable > 0);
  if (first === undefined) return null;
  return others.reduce((best, row) => (better(row, best) ? row : best), first);
}
