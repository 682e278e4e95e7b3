import { canonicalJson } from "../domain/json/canonical.js";
import { configInvalid } from "../domain/config/problems.js";
import type { GoldSample } from "../domain/samples/sample.js";
import type { SplitSpec, VariantSpec } from "../domain/config/variant.js";
import { importDataset } from "../datasets/index.js";
import { provideData } from "../infra/model-files/provide-data.js";

/** An imported training split. */
export interface PreparedSplit {
  readonly name: string;
  /** Dataset name in the store, with the content hash, so that no two splits mix. */
  readonly storedAs: string;
  readonly contentHash: string;
  readonly samples: readonly GoldSample[];
}

/**
 * Reads the training splits of all variants, each once. Throws the importers' errors, and
 * `WHETSTONE_CONFIG_INVALID` if two different splits have the same name.
 */
export async function importSplits(variants: readonly VariantSpec[]): Promise<PreparedSplit[]> {
  const specs = new Map<string, SplitSpec>();
  for (const { split } of variants) {
    if (split === undefined) continue;
    const known = specs.get(split.name);
    if (known !== undefined && canonicalJson(known) !== canonicalJson(split)) {
      throw configInvalid("the config", [
        {
          path: ["split", "name"],
          text: `${JSON.stringify(split.name)} names two different splits. Give each its own name.`,
        },
      ]);
    }
    specs.set(split.name, split);
  }
  return Promise.all(
    [...specs.values()].map(async (spec) => {
      const { name, limit } = spec;
      const { samples, contentHash: fileHash } = await importDataset(await provideData(spec));
      const contentHash = limit === undefined ? fileHash : `${fileHash}:${limit}`;
      const storedAs = `${name}-${fileHash.slice(0, 8)}${limit === undefined ? "" : `-${limit}`}`;
      return { name, storedAs, contentHash, samples: samples.slice(0, limit) };
    }),
  );
}
