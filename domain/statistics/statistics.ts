import { createRandom } from "../identity/random.js";

/** Arithmetic mean; NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation with n - 1; null if there are fewer than two values. */
export function sampleStandardDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** How two methods differ over the same samples. */
export interface Flips {
  /** Base wrong, variant right. */
  readonly gained: number;
  /** Base right, variant wrong. */
  readonly lost: number;
  readonly bothRight: number;
  readonly bothWrong: number;
}

/** One sample's two outcomes. */
export interface Pair {
  readonly base: boolean;
  readonly variant: boolean;
}

/** Counts flips both ways. */
export function countFlips(pairs: readonly Pair[]): Flips {
  const count = (base: boolean, variant: boolean): number =>
    pairs.filter((pair) => pair.base === base && pair.variant === variant).length;
  return {
    gained: count(false, true),
    lost: count(true, false),
    bothRight: count(true, true),
    bothWrong: count(false, false),
  };
}

/**
 * Two-sided exact McNemar test: the probability of a split of `gained + lost` flips at least as uneven,
 * if each flip were a coin toss. In (0, 1]; 1 without flips.
 */
export function exactMcNemar(gained: number, lost: number): number {
  const flips = gained + lost;
  if (flips === 0) return 1;
  const smaller = Math.min(gained, lost);
  // Sum logarithms, because binomial coefficients overflow at about 1030 flips.
  let logTerm = -flips * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let count = 1; count <= smaller; count += 1) {
    logTerm += Math.log(flips - count + 1) - Math.log(count);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/**
 * Holm's step-down adjustment of p-values over several tests (one per benchmark), in the given
 * order; each at least as large as given, at most 1.
 */
export function holm(pValues: readonly number[]): number[] {
  const ordered = pValues
    .map((value, index) => ({ value, index }))
    .sort((left, right) => left.value - right.value);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  ordered.forEach(({ value, index }, rank) => {
    largest = Math.max(largest, Math.min(1, value * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}

/** An estimate with its 95 % interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Options of the bootstrap. */
export interface BootstrapOptions {
  /** Resamples; default 10,000. */
  readonly resamples?: number;
  readonly seed?: number;
}

/**
 * Seeded bootstrap interval (percentiles 2.5 and 97.5) of a mean whose values come in clusters:
 * whole clusters are drawn with replacement. A cluster is a sample with one value per seed, because runs
 * of the same sample are not independent evidence. Ignores empty clusters; throws a RangeError without
 * values.
 */
export function clusteredInterval(
  clusters: readonly (readonly number[])[],
  options: BootstrapOptions = {},
): Interval {
  const filled = clusters.filter((cluster) => cluster.length > 0);
  if (filled.length === 0) throw new RangeError("an interval needs at least one value");
  const sums = filled.map((cluster) => cluster.reduce((sum, value) => sum + value, 0));
  const sizes = filled.map((cluster) => cluster.length);
  const draws = resampleMeans(sums, sizes, options);
  return {
    estimate: mean(filled.flat()),
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
  };
}

/** A paired comparison. */
export interface PairedBootstrap extends Interval {
  /** Two-sided: twice the smaller share of resampled differences on either side of 0, at most 1. */
  readonly pValue: number;
}

/**
 * Seeded paired bootstrap over samples of the difference variant - base. Each element is one sample
 * with its mean correctness over seeds under both methods. The p-value counts the observed data as
 * one more resample, so it is never 0.
 */
export function pairedBootstrap(
  samples: readonly { readonly base: number; readonly variant: number }[],
  options: BootstrapOptions = {},
): PairedBootstrap {
  if (samples.length === 0) throw new RangeError("a comparison needs at least one sample");
  const differences = samples.map(({ base, variant }) => variant - base);
  const draws = resampleMeans(
    differences,
    differences.map(() => 1),
    options,
  );
  const notAbove = draws.filter((draw) => draw <= 0).length;
  const notBelow = draws.filter((draw) => draw >= 0).length;
  const tail = (Math.min(notAbove, notBelow) + 1) / (draws.length + 1);
  return {
    estimate: mean(differences),
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
    pValue: Math.min(1, 2 * tail),
  };
}

/**
 * Quantile of the values at a share, interpolated between neighbors (numpy's default).
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const position = share * (sorted.length - 1);
  const lower = sorted[Math.floor(position)] ?? Number.NaN;
  const upper = sorted[Math.ceil(position)] ?? Number.NaN;
  return lower + (upper - lower) * (position - Math.floor(position));
}

/** Means of resampled clusters, each cluster given by its sum and size. */
function resampleMeans(
  sums: readonly number[],
  sizes: readonly number[],
  { resamples = 10_000, seed = 0 }: BootstrapOptions,
): number[] {
  const clusters = sums.length;
  const next = createDraws(clusters, resamples, seed);
  return Array.from({ length: resamples }, () => {
    let sum = 0;
    let size = 0;
    for (let draw = 0; draw < clusters; draw += 1) {
      const index = next();
      sum += sums[index] ?? 0;
      size += sizes[index] ?? 0;
    }
    return sum / size;
  });
}

/** Maximum draws to cache, 64 MB. */
const MAX_KEPT_DRAWS = 2 ** 25;

let kept: { readonly key: string; readonly draws: Uint16Array } | null = null;

/**
 * Returns a generator of drawn cluster numbers, one per call. A report resamples the same number of
 * samples for many variants with one seed, so the latest draws are cached; generating them takes most of
 * the time.
 */
function createDraws(clusters: number, resamples: number, seed: number): () => number {
  const count = clusters * resamples;
  if (count > MAX_KEPT_DRAWS || clusters > 2 ** 16) {
    const random = createRandom(`bootstrap/${seed}`);
    return () => Math.floor(random() * clusters);
  }
  const key = `${clusters}/${resamples}/${seed}`;
  if (kept?.key !== key) {
    const random = createRandom(`bootstrap/${seed}`);
    const draws = new Uint16Array(count);
    for (let index = 0; index < count; index += 1) draws[index] = Math.floor(random() * clusters);
    kept = { key, draws };
  }
  const { draws } = kept;
  let position = 0;
  return () => draws[position++] ?? 0;
}
