import { conversationText } from "../../domain/grounding/query-text.js";
import { isCheat, usesSplit } from "../../domain/methods/methods.js";
import { findNearestTexts } from "../../domain/samples/nearest-texts.js";
import { createRandom, shuffle } from "../../domain/identity/random.js";
import type { Gold, Sample } from "../../domain/samples/sample.js";
import { deriveBaseSeed, deriveSeed } from "../../domain/identity/seeds.js";
import type { SyntheticPair } from "../../domain/units/trace.js";
import type { Store, SweepRecord } from "../../store/store.js";
import type { CpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import { sampleMissing } from "../support/step-context.js";
import { plainCalls, requireGoldAllowed } from "../support/reveal-gold.js";
import { startStepTimer } from "../support/step-timer.js";
import { getSweep, readSplitDataset } from "../support/sweep-record.js";
import type {
  GatherExamplesInput,
  ExampleActivities,
} from "../../contracts/steps/gather-examples.js";

/** Creates `gatherExamples`. */
export function createExampleActivities({ store }: CpuDependencies): ExampleActivities {
  return {
    gatherExamples: withFailures(async (input) => {
      const time = startStepTimer("gatherExamples", "cpu");
      const sweep = await getSweep(store, input.unit.sweep);
      const pairs = isCheat(input.variant.method)
        ? await revealGold(store, sweep, input)
        : await drawFromSplit(store, sweep, input);
      return { pairs, timing: time() };
    }),
  };
}

/** Returns the test sample's own gold for cheating methods. Throws `GOLD_FORBIDDEN` unless the sweep allows it. */
async function revealGold(
  store: Store,
  { config }: SweepRecord,
  { unit, variant }: GatherExamplesInput,
): Promise<SyntheticPair[]> {
  requireGoldAllowed(config, variant);
  const [sample, gold] = await Promise.all([
    store.getSample(unit.dataset, unit.sampleKey),
    store.getGold(unit.dataset, unit.sampleKey),
  ]);
  if (sample === null || gold === null) throw sampleMissing(unit.dataset, unit.sampleKey);
  return [toLabelledPair(sample, gold)];
}

/** Returns records of the variant's training split: random per sample and seed, or the nearest ones. */
async function drawFromSplit(
  store: Store,
  sweep: SweepRecord,
  { unit, variant }: GatherExamplesInput,
): Promise<SyntheticPair[]> {
  const { split, demonstrations } = variant;
  if (!usesSplit(variant.method) || split === undefined || demonstrations === undefined) return [];
  const dataset = readSplitDataset(sweep, split.name);
  const sample = await store.getSample(unit.dataset, unit.sampleKey);
  if (sample === null) throw sampleMissing(unit.dataset, unit.sampleKey);
  const own = conversationText(sample);
  const records = (await store.listSamples(dataset)).filter(
    // A split that overlaps the test data must not reveal the answer.
    (record) => conversationText(record) !== own,
  );
  const { examples, select, draw } = demonstrations;
  const seed = deriveSeed(deriveBaseSeed(unit.seed), unit.sampleKey, "demonstrations", draw, 1);
  const chosen =
    select === "nearest"
      ? findNearestTexts(own, records.map(conversationText), examples).flatMap(
          (index) => records[index] ?? [],
        )
      : shuffle(records, createRandom(`demonstrations/${seed}`)).slice(0, examples);
  return Promise.all(
    chosen.map(async (record) => {
      const gold = await store.getGold(dataset, record.key);
      if (gold === null) throw sampleMissing(dataset, record.key);
      return { ...toLabelledPair(record, gold), from: { dataset, sampleKey: record.key } };
    }),
  );
}

/** Converts a record and its gold to the shape of a synthetic pair. */
function toLabelledPair(sample: Sample, gold: Gold): SyntheticPair {
  return {
    instruction: conversationText(sample),
    input: "",
    output: plainCalls(gold),
  };
}
