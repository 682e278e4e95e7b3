import type { Gold, GoldSample, Sample } from "../domain/samples/sample.js";
import { chunkRows, keepLast } from "./chunk.js";
import { fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import { selectSamplesWithGold } from "./samples-with-gold.js";
import type { Store } from "./store.js";

/** Queries over samples and their gold. */
export function createSampleQueries(
  connection: Connection,
): Pick<Store, "putSamples" | "getSample" | "listSamples" | "getGold" | "getGoldSamples"> {
  return {
    async putSamples(dataset, contentHash, samples) {
      const rows = keepLast(samples, (row) => row.sample.key);
      for (const chunk of chunkRows(rows, 5)) {
        await connection.run((database) =>
          database
            .insertInto("samples")
            .values(
              chunk.map(({ sample }) => ({
                dataset,
                sample_key: sample.key,
                row_number: sample.row,
                content_hash: contentHash,
                sample: JSON.stringify(sample),
              })),
            )
            .onConflict((conflict) =>
              conflict.columns(["dataset", "sample_key"]).doUpdateSet((excluded) => ({
                row_number: excluded.ref("excluded.row_number"),
                content_hash: excluded.ref("excluded.content_hash"),
                sample: excluded.ref("excluded.sample"),
              })),
            )
            .execute(),
        );
        await connection.run((database) =>
          database
            .insertInto("gold")
            .values(
              chunk.map(({ sample, gold }) => ({
                dataset,
                sample_key: sample.key,
                gold: JSON.stringify(gold),
              })),
            )
            .onConflict((conflict) =>
              conflict.columns(["dataset", "sample_key"]).doUpdateSet((excluded) => ({
                gold: excluded.ref("excluded.gold"),
              })),
            )
            .execute(),
        );
      }
    },

    async getSample(dataset, sampleKey) {
      const row = await connection.run((database) =>
        database
          .selectFrom("samples")
          .select("sample")
          .where("dataset", "=", dataset)
          .where("sample_key", "=", sampleKey)
          .executeTakeFirst(),
      );
      return row === undefined ? null : (fromJson(row.sample) as Sample);
    },

    async listSamples(dataset) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("samples")
          .select("sample")
          .where("dataset", "=", dataset)
          .orderBy("row_number")
          .orderBy("sample_key")
          .execute(),
      );
      return rows.map(({ sample }) => fromJson(sample) as Sample);
    },

    async getGold(dataset, sampleKey) {
      const row = await connection.run((database) =>
        database
          .selectFrom("gold")
          .select("gold")
          .where("dataset", "=", dataset)
          .where("sample_key", "=", sampleKey)
          .executeTakeFirst(),
      );
      return row === undefined ? null : (fromJson(row.gold) as Gold);
    },

    async getGoldSamples(dataset, sampleKeys) {
      const found = new Map<string, GoldSample>();
      for (const chunk of chunkRows(sampleKeys, 1)) {
        const rows = await connection.run((database) =>
          selectSamplesWithGold(database, dataset, chunk).execute(),
        );
        for (const row of rows) {
          const sample = fromJson(row.sample) as Sample;
          found.set(row.sample_key, { sample, gold: fromJson(row.gold) as Gold });
        }
      }
      return found;
    },
  };
}
