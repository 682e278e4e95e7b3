/** Number formats of the report's tables. */

/** A share as a percentage with one decimal, without the sign; "–" for no value. */
export function formatPercent(share: number | null | undefined): string {
  return share === null || share === undefined ? "–" : (100 * share).toFixed(1);
}

/** A difference of shares in percentage points, signed. */
export function formatPoints(difference: number | null | undefined): string {
  if (difference === null || difference === undefined) return "–";
  const text = (100 * Math.abs(difference)).toFixed(1);
  return text === "0.0" ? "0.0" : `${difference < 0 ? "−" : "+"}${text}`;
}

/** A p-value: three digits, or a power of ten. */
export function formatP(p: number | null | undefined): string {
  if (p === null || p === undefined) return "–";
  return p >= 0.0005 ? p.toFixed(3) : p === 0 ? "0" : p.toExponential(0).replace("-", "−");
}

/** The smallest and largest p-values over several seeds. */
export function formatPRange(values: readonly number[]): string {
  const sorted = [...values].sort((left, right) => left - right);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (sorted.length <= 1 || formatP(least) === formatP(most)) return formatP(least);
  return `${formatP(least)} to ${formatP(most)}`;
}

/** Milliseconds as seconds. */
export function formatSeconds(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return "–";
  const seconds = milliseconds / 1000;
  return seconds >= 100 ? seconds.toFixed(0) : seconds.toFixed(seconds >= 10 ? 1 : 3);
}

/** At most four significant digits, without trailing zeros. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}
