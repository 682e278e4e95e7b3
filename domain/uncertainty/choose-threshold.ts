/** One sample of a calibration: its margin, and whether the base model answered it wrong. */
export interface CalibrationPoint {
  readonly margin: number;
  /** The positive class: the base model was wrong, so the sample ought to be flagged. */
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
  /** Samples flagged. */
  readonly flagged: number;
}

/** The chosen threshold with what it was chosen from. */
export interface ChosenThreshold extends ThresholdQuality {
  /** Area under the ROC curve of "small margin means wrong"; null where one class is empty. */
  readonly auroc: number | null;
  /** Points it was chosen from, and how many of them the base model answered wrong. */
  readonly count: number;
  readonly wrong: number;
}

/** TPR, FPR, F1 and Youden's J of one threshold. A rate whose class is empty is 0. */
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

/** The quality of each threshold of a grid, in the grid's order. */
export function sweepThresholds(
  points: readonly CalibrationPoint[],
  grid: readonly number[],
): ThresholdQuality[] {
  return grid.map((tau) => measureThreshold(points, tau));
}

/**
 * Chance that a wrongly answered sample has a smaller margin than a rightly answered one, ties
 * counting half (area under the ROC curve); null where either class is empty.
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
 * middles between neighbouring distinct margins, and a value above the largest margin (flags all):
 * every partition that any tau can make. Of equal J the one that flags fewest is taken, that is the
 * smallest tau, because each flagged sample costs a training. With no wrong answer among the points
 * this flags none; with no right one it flags all. Throws a RangeError without points.
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
    // Neighbouring doubles have no middle; flagging up to `lower` needs a tau above it.
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
