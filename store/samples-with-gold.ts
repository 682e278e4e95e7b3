import type { Kysely } from "kysely";
import type { Database } from "./schema.js";

/** The rows of samples of one data set together with their gold. `keys` must not be empty. */
export function selectSamplesWithGold(
  database: Kysely<Database>,
  dataset: string,
  keys: readonly string[],
) {
  return database
    .selectFrom("samples")
    .innerJoin("gold", (join) =>
      join
        .onRef("gold.dataset", "=", "samples.dataset")
        .onRef("gold.sample_key", "=", "samples.sample_key"),
    )
    .select(["samples.sample_key", "content_hash", "sample", "gold"])
    .where("samples.dataset", "=", dataset)
    .where("samples.sample_key", "in", keys);
}
