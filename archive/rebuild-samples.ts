import { importDataset } from "../datasets/index.js";
import { provideData } from "../infra/model-files/provide-data.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { sampleContentHash } from "../domain/identity/sample-hash.js";
import type { GoldSample } from "../domain/samples/sample.js";
import type { Store } from "../store/store.js";
import type { LeftOutData, SampleHash } from "./archive-format.js";
import { hashGold } from "./line-writer.js";
import type { FindSample } from "./read-line.js";

/** Samples that an error names per data set. */
const NAMED = 5;

/** The samples whose texts an archive leaves out, as far as they could be had. */
export interface RebuiltSamples {
  readonly find: FindSample;
  /** One line per data set that lacks some: which, and why. */
  readonly problems: readonly string[];
}

/**
 * Gets samples from the store or by importing their data again, and checks each one's hash. `paths` maps names of data
 * sets to files or folders, in place of the archived paths.
 */
export async function rebuildSamples(
  store: Store,
  leftOut: readonly LeftOutData[],
  hashes: readonly SampleHash[],
  paths: ReadonlyMap<string, string>,
): Promise<RebuiltSamples> {
  const found = new Map<string, GoldSample>();
  const problems: string[] = [];
  for (const data of leftOut) {
    const wanted = hashes.filter(({ dataset }) => dataset === data.dataset);
    const missing: SampleHash[] = [];
    for (const hash of wanted) {
      const stored = await readStored(store, hash);
      if (stored !== null && matches(stored, hash)) found.set(idOf(hash), stored);
      else missing.push(hash);
    }
    if (missing.length === 0) continue;
    const { samples, problem } = await importAgain(data, paths.get(data.name));
    const lost = missing.filter((hash) => {
      const sample = samples.get(hash.key);
      if (sample === undefined || !matches(sample, hash)) return true;
      found.set(idOf(hash), sample);
      return false;
    });
    if (lost.length > 0) problems.push(describeLost(data, wanted.length, lost, problem));
  }
  return { find: (dataset, key) => found.get(`${dataset}/${key}`) ?? null, problems };
}

/** The error for samples that could not be rebuilt. */
export function textsMissing(
  path: string,
  { problems }: RebuiltSamples,
  [first]: readonly LeftOutData[],
): WhetstoneError {
  return new WhetstoneError(
    [
      `${path} leaves out texts of its data, and not all can be rebuilt:`,
      ...problems.map((problem) => `  ${problem}`),
    ].join("\n"),
    {
      code: "ARCHIVE_TEXTS_MISSING",
      hint: `Name the data's file with --data ${first?.name ?? "NAME"}=PATH, or restore results and tables alone with --no-texts. Nothing was changed.`,
    },
  );
}

async function readStored(store: Store, { dataset, key }: SampleHash): Promise<GoldSample | null> {
  const sample = await store.getSample(dataset, key);
  const gold = await store.getGold(dataset, key);
  return sample === null || gold === null ? null : { sample, gold };
}

function matches({ sample, gold }: GoldSample, hash: SampleHash): boolean {
  return sampleContentHash(sample) === hash.sampleHash && hashGold(gold) === hash.goldHash;
}

async function importAgain(
  { name, format, path: archived }: LeftOutData,
  given: string | undefined,
): Promise<{ readonly samples: ReadonlyMap<string, GoldSample>; readonly problem: string }> {
  const path = given ?? archived;
  try {
    const named = { name, format, ...(path === undefined ? {} : { path }) };
    const { samples, source } = await importDataset(await provideData(named));
    return {
      samples: new Map(samples.map((each) => [each.sample.key, each])),
      problem: `${source} has other content`,
    };
  } catch (error) {
    if (!(error instanceof WhetstoneError)) throw error;
    return { samples: new Map(), problem: error.message.replace(/\.$/, "") };
  }
}

function describeLost(
  { name }: LeftOutData,
  count: number,
  lost: readonly SampleHash[],
  problem: string,
): string {
  const keys = lost.slice(0, NAMED).map(({ key }) => key);
  const more = lost.length > NAMED ? ", ..." : "";
  return `${name}: ${lost.length} of ${count} samples (${keys.join(", ")}${more}): ${problem}`;
}

function idOf({ dataset, key }: SampleHash): string {
  return `${dataset}/${key}`;
}
