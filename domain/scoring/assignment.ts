/**
 * Maximum left items without a partner; then the search stops, because the answer is known to be wrong
 * and each further item would check every pair.
 */
const MAX_UNMATCHED = 16;

/**
 * Finds the largest one-to-one assignment of left items to right items among compatible pairs
 * (augmenting paths, Kuhn 1955). Returns, for each left item, the index of its right item, or null.
 * Checks pairs only if needed and each at most once; lists in the same order need one check per item.
 * After more than 16 left items without a partner, later items are null without a check.
 */
export function assignBest(
  leftCount: number,
  rightCount: number,
  compatible: (left: number, right: number) => boolean,
): (number | null)[] {
  const rightOf: (number | null)[] = Array.from({ length: leftCount }, () => null);
  const leftOf: (number | null)[] = Array.from({ length: rightCount }, () => null);
  const fits = remember(compatible, rightCount);
  let unmatched = 0;
  for (let left = 0; left < leftCount && unmatched <= MAX_UNMATCHED; left += 1) {
    const path = findPath(left, rightOf, leftOf, fits);
    if (path === null) unmatched += 1;
    else {
      for (const [pathLeft, right] of path) {
        leftOf[right] = pathLeft;
        rightOf[pathLeft] = right;
      }
    }
  }
  return rightOf;
}

/**
 * Finds an augmenting path from the left item to a free right item by breadth-first search; null if there
 * is none.
 */
function findPath(
  left: number,
  rightOf: readonly (number | null)[],
  leftOf: readonly (number | null)[],
  fits: (left: number, right: number) => boolean,
): [number, number][] | null {
  const queue = [left];
  /** For each visited right item, the left item that it was reached from. */
  const seenFrom = new Map<number, number>();
  for (const current of queue) {
    const free = leftOf.findIndex((holder, right) => holder === null && fits(current, right));
    if (free !== -1) {
      seenFrom.set(free, current);
      return tracePath(free, left, rightOf, seenFrom);
    }
    leftOf.forEach((holder, right) => {
      if (holder === null || seenFrom.has(right) || !fits(current, right)) return;
      seenFrom.set(right, current);
      queue.push(holder);
    });
  }
  return null;
}

function tracePath(
  free: number,
  start: number,
  rightOf: readonly (number | null)[],
  seenFrom: ReadonlyMap<number, number>,
): [number, number][] {
  const path: [number, number][] = [];
  for (let right: number | null = free; right !== null;) {
    const left: number = seenFrom.get(right) ?? start;
    path.push([left, right]);
    right = left === start ? null : (rightOf[left] ?? null);
  }
  return path;
}

function remember(
  compatible: (left: number, right: number) => boolean,
  rightCount: number,
): (left: number, right: number) => boolean {
  const answers = new Map<number, boolean>();
  return (left, right) => {
    const pair = left * rightCount + right;
    const known = answers.get(pair);
    if (known !== undefined) return known;
    const answer = compatible(left, right);
    answers.set(pair, answer);
    return answer;
  };
}
