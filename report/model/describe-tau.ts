import { formatNumber } from "../page/format.js";
import type { VariantSummary } from "./summarise-sweep.js";

/** The threshold used, or `auto` with its range; null for methods without one. */
export function describeTau(row: VariantSummary): string | null {
  if (row.tau === null) return null;
  const values = [...row.taus].sort((a, b) => a - b);
  const [least, most] = [values[0], values.at(-1)];
  if (least === undefined || most === undefined) return "auto";
  const range =
    least === most ? formatNumber(least) : `${formatNumber(least)}..${formatNumber(most)}`;
  return row.tau === "auto" ? `auto ${range}` : range;
}
