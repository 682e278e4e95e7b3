/**
 * The largest one-to-one assignment of left items to right items among the compatible pairs
 * (augmenting paths, Kuhn 1955). Returns, for each left item, the index of its right item, or null.
 *
 * @param compatible - `compatible[left][right]`; every row has one entry per right item
 */
export function assignBest(compatible: readonly (readonly boolean[])[]): (number | null)[] {
  const rightCount = compatible[0]?.length ?? 0;
  const leftOf: (number | null)[] = Array.from({ length: rightCount }, () => null);

  const tryAssign = (left: number, visited: Set<number>): boolean => {
    for (let right = 0; right < rightCount; right += 1) {
      if (compatible[left]?.[right] !== true || visited.has(right)) continue;
      visited.add(right);
      const holder = leftOf[right] ?? null;
      if (holder === null || tryAssign(holder, visited)) {
        leftOf[right] = left;
        return true;
      }
    }
    return false;
  };

  compatible.forEach((_, left) => tryAssign(left, new Set()));
  return compatible.map((_, left) => {
    const right = leftOf.indexOf(left);
    return right === -1 ? null : right;
  });
}
