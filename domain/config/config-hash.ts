import { canonicalJson } from "../json/canonical.js";
import { describeFormat } from "./dataset-formats.js";
import type { DatasetSpec, ResolvedConfig } from "./config.js";
import { sha256Hex } from "../identity/hash.js";
import type { CONFIG_FIELDS } from "./config-fields.js";
import { VARIANT_FIELDS } from "./config-fields.js";
import { type Hashed, pickForHash } from "./field.js";
import {
  DEMONSTRATION_FIELDS,
  ESTIMATOR_FIELDS,
  INFERENCE_FIELDS,
  SAMPLER_FIELDS,
  SYNTHESIS_FIELDS,
  TEACHER_FIELDS,
  TRAINING_FIELDS,
} from "./step-fields.js";
import type { ServerSpec, VariantSpec } from "./variant.js";

/** Version of what enters the hash; another version never compares as equal. */
export const HASH_VERSION = 2;

/** What a config alone does not say, but results depend on. */
export interface IdentityInputs {
  /** SHA-256 over the model's files. */
  readonly modelFingerprint: string;
  /** SHA-256 over everything in the prompt style that reaches a model. */
  readonly promptHash: string;
  /** Version of the rules that score answers. */
  readonly scorerVersion: string;
  /** Versions or hashes of the other prompts and rules that some variant uses, by name. */
  readonly rules?: Readonly<Record<string, string>>;
  readonly datasets: Readonly<Record<string, DatasetContent>>;
  /** Per training split's name, the hash of its records. */
  readonly splits?: Readonly<Record<string, string>>;
}

/** What of a data set's content its spec does not say. */
export interface DatasetContent {
  /** Of the whole content. */
  readonly contentHash: string;
  readonly records: number;
  /** Version of the rules that read its tools' schemas; null: all are plain. */
  readonly schemas?: string | null;
}

/** Every field that changes results, and none that does not; lists are sorted by name. */
export interface SweepIdentity {
  readonly hashVersion: number;
  readonly model: string;
  readonly prompt: { readonly style: string; readonly hash: string };
  /** Answer format; absent: the default. */
  readonly format?: string;
  readonly scorer: string;
  /** Absent where no variant uses any. */
  readonly rules?: Readonly<Record<string, string>>;
  readonly candidateOrder: ResolvedConfig["candidateOrder"];
  /** What counts after a name in H. Absent: `token`. */
  readonly nameClosing?: ResolvedConfig["nameClosing"];
  readonly seeds: readonly number[];
  readonly datasets: Readonly<Record<string, DatasetIdentity>>;
  /** Address and model of the server that generates; absent: the engine. */
  readonly sampler?: readonly string[];
  /** Content hashes of the training splits; absent where no variant uses one. */
  readonly splits?: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, VariantIdentity>>;
}

/** A variant without its name and without where its split lies: the split's content counts. */
export type VariantIdentity = Omit<VariantSpec, "name" | "split"> & { readonly split?: string };

/** What of a data set changes results. */
export interface DatasetIdentity {
  readonly format: string;
  readonly contentHash: string;
  /** Version of the rules that read its tools' schemas. Absent: all are plain, and read alike by every version. */
  readonly schemas?: string;
  /** Records reported on, from the start, without those set aside. */
  readonly reported: number;
  /** Records that calibrate thresholds; 0 where no variant needs them. */
  readonly calibration: number;
  /** Records set aside for that by a draw, needed or not: the others are reported. Absent: from the end, or none. */
  readonly drawn?: number;
  /** Which records of the file are used; absent: all. */
  readonly rows?: DatasetSpec["rows"];
}

/**
 * The identity of a sweep. Its name, paths, concurrency, timeouts and the order of variants, seeds
 * and data sets stay outside: they change no result.
 */
export function identifySweep(config: ResolvedConfig, inputs: IdentityInputs): SweepIdentity {
  const calibrates = config.variants.some((variant) => variant.tau === "auto");
  const datasets = config.datasets.map((dataset): [string, DatasetIdentity] => {
    const content = inputs.datasets[dataset.name];
    if (content === undefined) throw new Error(`no content of data set ${dataset.name} given`);
    const identity = {
      format: dataset.format,
      contentHash: content.contentHash,
      ...(content.schemas == null ? {} : { schemas: content.schemas }),
      reported: countReported(content.records, dataset),
      calibration: calibrates ? dataset.calibration : 0,
      ...(drawsCalibration(dataset) ? { drawn: dataset.calibration } : {}),
      ...(dataset.rows === undefined ? {} : { rows: dataset.rows }),
    };
    return [dataset.name, identity];
  });
  // One entry per field that is declared to change results.
  const fields: Pick<SweepIdentity, Hashed<typeof CONFIG_FIELDS>> = {
    model: inputs.modelFingerprint,
    prompt: { style: config.prompt, hash: inputs.promptHash },
    ...(config.format === undefined ? {} : { format: config.format }),
    candidateOrder: config.candidateOrder,
    ...(config.nameClosing === undefined ? {} : { nameClosing: config.nameClosing }),
    seeds: [...config.seeds].sort((a, b) => a - b),
    datasets: Object.fromEntries(datasets),
    ...(config.sampler ? { sampler: identifySampler(config.sampler) } : {}),
    variants: Object.fromEntries(
      config.variants.map((variant) => [variant.name, identifyVariant(variant)]),
    ),
  };
  return {
    hashVersion: HASH_VERSION,
    scorer: inputs.scorerVersion,
    ...(Object.keys(inputs.rules ?? {}).length === 0 ? {} : { rules: inputs.rules }),
    ...(Object.keys(inputs.splits ?? {}).length === 0 ? {} : { splits: inputs.splits }),
    ...fields,
  };
}

/** Address and model of a sampler, as they enter hashes and keys. */
export function identifySampler(sampler: ServerSpec): readonly string[] {
  const { baseUrl, model } = pickForHash(sampler, SAMPLER_FIELDS);
  return [baseUrl, model];
}

function identifyVariant(variant: VariantSpec): VariantIdentity {
  const { split, teacher, demonstrations, ...spec } = pickForHash(variant, VARIANT_FIELDS);
  return {
    ...spec,
    estimator: pickForHash(spec.estimator, ESTIMATOR_FIELDS),
    synthesis: pickForHash(spec.synthesis, SYNTHESIS_FIELDS),
    training: pickForHash(spec.training, TRAINING_FIELDS),
    inference: pickForHash(spec.inference, INFERENCE_FIELDS),
    ...(teacher && { teacher: pickForHash(teacher, TEACHER_FIELDS) }),
    ...(split && { split: split.name }),
    ...(demonstrations && { demonstrations: pickForHash(demonstrations, DEMONSTRATION_FIELDS) }),
  };
}

/** Records of a data set that are reported on: never those kept for calibration. */
export function countReported(
  records: number,
  dataset: { readonly limit?: number; readonly calibration: number },
): number {
  const free = Math.max(0, records - dataset.calibration);
  return Math.min(dataset.limit ?? free, free);
}

/** Whether calibration records are drawn from the whole data set; the bundled one gives its last ones. */
export function drawsCalibration({
  format,
  calibration,
}: Pick<DatasetSpec, "format" | "calibration">): boolean {
  return describeFormat(format)?.bundled !== true && calibration > 0;
}

/** SHA-256 of the identity's canonical JSON. */
export function hashIdentity(identity: SweepIdentity): string {
  return sha256Hex(canonicalJson(identity));
}
