import type { VariantSummary } from "../model/summarise-sweep.js";
import type { Html } from "./html.js";
import { html } from "./html.js";

/** Width and height of the plot in SVG units. */
const WIDTH = 120;
const HEIGHT = 18;

/**
 * A mean with its interval as a dot on a line. All variants of the table share one scale, and a
 * dashed line marks the base variant's mean. The plot is decorative: the table contains the
 * numbers.
 */
export function renderIntervalPlot(
  mean: number | null,
  interval: { readonly low: number; readonly high: number } | null,
  base: number | null,
  all: readonly VariantSummary[],
): Html | null {
  if (mean === null) return null;
  const values = all.flatMap((row) => [
    ...(row.soft.mean === null ? [] : [row.soft.mean]),
    ...(row.statistics.interval === null
      ? []
      : [row.statistics.interval.low, row.statistics.interval.high]),
  ]);
  const least = Math.min(...values);
  const span = Math.max(1e-9, Math.max(...values) - least);
  const x = (value: number) => (6 + ((WIDTH - 12) * (value - least)) / span).toFixed(1);
  const middle = HEIGHT / 2;
  return html`<svg
    class="interval"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="${WIDTH}"
    height="${HEIGHT}"
    aria-hidden="true"
  >
    ${base === null ? null : html`<line class="base" x1="${x(base)}" x2="${x(base)}" y1="0" y2="${HEIGHT}" />`}
    ${interval === null ? null : html`<line class="whisker" x1="${x(interval.low)}" x2="${x(interval.high)}" y1="${middle}" y2="${middle}" />`}
    <circle class="mean" cx="${x(mean)}" cy="${middle}" r="4" />
  </svg>`;
}
