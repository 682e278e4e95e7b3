/** One calibration sample: its margin, and whether the base model's answer was wrong. */
export interface CalibrationPoint {
  readonly margin: number;
  /** The positive class: the base model was wrong, so the sample should be flagged. */
  readonly baseWrong: boolean;
}

/** How well one threshold separates wrong from right base answers; shares in [0, 1]. */
export interface ThresholdQuality {
  /** Flagged iff margin < tau. */
  readonly tau: number;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
  readonly f1: number;
  /** Youden's J = TPR - FPR, in [-1, 1]. */
  readonly youdenJ: number;
  /** Number of flagged samples. */
  readonly flagged: number;
}

/** The chosen threshold and the data it was chosen from. */
export interface ChosenThreshold extends ThresholdQuality {
  /** Area under the ROC curve of "small margin means wrong"; null if one class is empty. */
  readonly auroc: number | null;
  /** Number of points, and how many of them the base model answered wrong. */
  readonly count: number;
  readonly wrong: number;
}

/** Computes TPR, FPR, F1 and Youden's J of one threshold. A rate whose class is empty is 0. */
export function measureThreshold(
  points: readonly CalibrationPoint[],
  tau: number,
): ThresholdQuality {
  const flagged = points.filter(({ margin }) => margin < tau);
  const truePositives = flagged.filter(({ baseWrong }) => baseWrong).length;
  const falsePositives = flagged.length - truePositives;
  const positives = points.filter(({ baseWrong }) => baseWrong).length;
  const truePositiveRate = share(truePositives, positives);
  const falsePositiveRate = share(falsePositives, points.length - positives);
  return {
    tau,
    truePositiveRate,
    falsePositiveRate,
    f1: share(2 * truePositives, positives + flagged.length),
    youdenJ: truePositiveRate - falsePositiveRate,
    flagged: flagged.length,
  };
}

/** Measures each threshold of a grid, in the grid's order. */
export function sweepThresholds(
  points: readonly CalibrationPoint[],
  grid: readonly number[],
): ThresholdQuality[] {
  return grid.map((tau) => measureThreshold(points, tau));
}

/**
 * Probability that a wrongly answered sample has a smaller margin than a correctly answered one, with
 * ties counting half (area under the ROC curve); null if either class is empty.
 */
export function auroc(points: readonly CalibrationPoint[]): number | null {
  const wrong = points.filter(({ baseWrong }) => baseWrong);
  const right = points.filter(({ baseWrong }) => !baseWrong);
  if (wrong.length === 0 || right.length === 0) return null;
  let wins = 0;
  for (const { margin } of wrong) {
    for (const other of right) {
      wins += margin < other.margin ? 1 : margin === other.margin ? 0.5 : 0;
    }
  }
  return wins / (wrong.length * right.length);
}

/**
 * Chooses tau by Youden's J on calibration points (`tau: auto`). Candidates are 0 (flags none), the
 * midpoints between adjacent distinct margins, and a value above the largest margin (flags all), which
 * cover every possible partition. Ties in J go to the smallest tau, which flags fewest samples, because
 * each flagged sample costs a training. Without wrong answers this flags none; without right answers,
 * all. Throws a RangeError without points.
 */
export function chooseThreshold(points: readonly CalibrationPoint[]): ChosenThreshold {
  if (points.length === 0) throw new RangeError("a threshold needs at least one calibration point");
  const wrong = points.filter(({ baseWrong }) => baseWrong).length;
  const candidates = candidateThresholds(points.map(({ margin }) => margin));
  const [first, ...others] = sweepThresholds(points, candidates);
  if (first === undefined) throw new RangeError("there is no candidate threshold");
  const best = others.reduce(
    // Strictly greater keeps the smallest tau; the slack stops rounding from deciding.
    (chosen, quality) => (quality.youdenJ > chosen.youdenJ + 1e-12 ? quality : chosen),
    first,
  );
  return { ...best, auroc: auroc(points), count: points.length, wrong };
}

function candidateThresholds(margins: readonly number[]): number[] {
  const distinct = [...new Set(margins)].sort((left, right) => left - right);
  const middles = distinct.slice(1).map((upper, index) => {
    const lower = distinct[index] ?? upper;
    const middle = (lower + upper) / 2;
    // Adjacent doubles have no midpoint; flagging up to `lower` needs a tau above it.
    return middle > lower ? middle : upper;
  });
  const smallest = Math.min(0, distinct[0] ?? 0);
  const largest = distinct[distinct.length - 1] ?? 0;
  // A round value above every margin, so that a margin of exactly 1 is flagged too.
  return [smallest, ...middles, Math.floor(largest) + 1];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
