import type { DatasetSpec } from "../domain/config/config.js";
import { configInvalid } from "../domain/config/problems.js";
import type { GoldSample } from "../domain/samples/sample.js";

/**
 * The records of a dataset that a config's `rows` selects, in file order. Throws
 * `WHETSTONE_CONFIG_INVALID` for a row that does not exist in the file.
 */
export function selectRows(
  samples: readonly GoldSample[],
  { name, rows }: Pick<DatasetSpec, "name" | "rows">,
): readonly GoldSample[] {
  if (rows === undefined) return samples;
  if ("offset" in rows) {
    return samples.filter(({ sample }) => sample.row % rows.every === rows.offset % rows.every);
  }
  const known = new Set(samples.map(({ sample }) => sample.row));
  const missing = rows.filter((row) => !known.has(row));
  if (missing.length > 0) {
    throw configInvalid("the config", [
      {
        path: ["dataset", name, "rows"],
        text: `${missing.slice(0, 5).join(", ")}: the data set has no such record. Allowed: 0 to ${Math.max(...known)}.`,
      },
    ]);
  }
  const wanted = new Set(rows);
  return samples.filter(({ sample }) => wanted.has(sample.row));
}
