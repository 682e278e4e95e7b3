/** Formats milliseconds with a suitable unit: `0.4 ms`, `35 ms`, `1.2 s`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds >= 10 || milliseconds === 0
    ? `${Math.round(milliseconds)} ms`
    : `${milliseconds.toFixed(1)} ms`;
}
