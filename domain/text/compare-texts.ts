/** Orders two texts by their UTF-16 units, alike on every machine; for `sort`. */
export function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
