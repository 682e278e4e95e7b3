import { findVariant } from "../../domain/uncertainty/calibration.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { FineTuneTarget, LabelledRecord } from "../../domain/methods/fine-tune.js";
import { countSteps, drawRecords } from "../../domain/methods/fine-tune.js";
import type { JsonValue } from "../../domain/json/value.js";
import { isCheat } from "../../domain/methods/methods.js";
import { deriveBaseSeed, deriveSeed } from "../../domain/identity/seeds.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { Store, SweepRecord } from "../../store/store.js";
import type { CpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import { readPlan } from "../support/read-plan.js";
import { plainCalls, requireGoldAllowed } from "../support/reveal-gold.js";
import { loadShownSample, sampleMissing } from "../support/step-context.js";
import { fineTuneKey } from "../support/step-keys.js";
import { getSweep, readSplitDataset } from "../support/sweep-record.js";
import type {
  PrepareFineTuneInput,
  PreparedFineTune,
  FineTuneActivities,
} from "../../contracts/steps/prepare-fine-tune.js";

/** Creates `prepareFineTune`. */
export function createFineTuneActivities({ store }: CpuDependencies): FineTuneActivities {
  return { prepareFineTune: withFailures((input) => prepareFineTune(store, input)) };
}

/**
 * Chooses the labeled records and stores them under the training's key. Throws `GOLD_FORBIDDEN` if a cheating
 * method is not allowed, and `TRAINING_SET_EMPTY`.
 */
async function prepareFineTune(
  store: Store,
  { sweep, target }: PrepareFineTuneInput,
): Promise<PreparedFineTune> {
  const record = await getSweep(store, sweep);
  const variant = findVariant(record.config, target.variant);
  if (variant === null) throw noRecords(target);
  const records = await chooseRecords(store, record, variant, target);
  if (records.length === 0) throw noRecords(target);
  const plan = readPlan(record);
  const training = { ...variant.training, batchSize: variant.training.batchSize ?? 1 };
  // All data sets of a sweep that use the same split share one adapter.
  const source = variant.split?.name ?? target.dataset;
  const seed = deriveSeed(deriveBaseSeed(target.seed), source, "fine-tune", 0, 1);
  const samples = await Promise.all(records.map((each) => loadShownSample(store, { plan }, each)));
  const calls = records.map((each) => each.calls);
  const trainingKey = fineTuneKey({ plan, samples, calls, training, seed });
  await store.putStep({
    key: trainingKey,
    kind: "train",
    value: records as unknown as JsonValue,
    originUnit: `${sweep}/${target.variant}/${target.seed}/${target.dataset}`,
  });
  return {
    trainingKey,
    examples: records.length,
    totalSteps: countSteps(records.length, training.epochs, training.batchSize),
    ...{ seed, training, plan },
  };
}

/** Returns all records of the split (sft), a random subset (sft-ood), or the test samples (cheat-sft). */
async function chooseRecords(
  store: Store,
  sweep: SweepRecord,
  variant: VariantSpec,
  { dataset: tested, seed }: FineTuneTarget,
): Promise<LabelledRecord[]> {
  if (isCheat(variant.method)) {
    requireGoldAllowed(sweep.config, variant);
    return label(store, tested, await store.listPlannedSamples(sweep.name, tested));
  }
  if (variant.split === undefined) return [];
  const dataset = readSplitDataset(sweep, variant.split.name);
  const keys = (await store.listSamples(dataset)).map(({ key }) => key);
  if (variant.demonstrations === undefined) return label(store, dataset, keys);
  return label(store, dataset, drawRecords(keys, { dataset, seed }, variant.demonstrations));
}

async function label(
  store: Store,
  dataset: string,
  keys: readonly string[],
): Promise<LabelledRecord[]> {
  return Promise.all(
    keys.map(async (sampleKey) => {
      const gold = await store.getGold(dataset, sampleKey);
      if (gold === null) throw sampleMissing(dataset, sampleKey);
      return { dataset, sampleKey, calls: plainCalls(gold) };
    }),
  );
}

function noRecords({ variant, dataset }: FineTuneTarget): WhetstoneError {
  return new WhetstoneError(`Variant ${variant} has no records to train on for ${dataset}.`, {
    code: "TRAINING_SET_EMPTY",
    hint: "Check the path and limit of the variant's split.",
  });
}
