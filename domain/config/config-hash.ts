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

/** Version of the hashed identity; different versions never compare as equal. */
export const HASH_VERSION = 2;

/** Inputs that results depend on and the config does not contain. */
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
  /** Hash of each training split's records, by the split's name. */
  readonly splits?: Readonly<Record<string, string>>;
}

/** A data set's content, which its spec does not contain. */
export interface DatasetContent {
  /** Hash of the whole content. */
  readonly contentHash: string;
  readonly records: number;
  /** Version of the rules that read its tools' schemas; null if all schemas are plain. */
  readonly schemas?: string | null;
}

/** Exactly the fields that change results; lists are sorted by name. */
export interface SweepIdentity {
  readonly hashVersion: number;
  readonly model: string;
  readonly prompt: { readonly style: string; readonly hash: string };
  /** Answer format; absent: the default. */
  readonly format?: string;
  readonly scorer: string;
  /** Absent if no variant uses any. */
  readonly rules?: Readonly<Record<string, string>>;
  readonly candidateOrder: ResolvedConfig["candidateOrder"];
  /** What counts after a name in H. Absent: `token`. */
  readonly nameClosing?: ResolvedConfig["nameClosing"];
  readonly seeds: readonly number[];
  readonly datasets: Readonly<Record<string, DatasetIdentity>>;
  /** URL and model of the server that generates; absent: the engine. */
  readonly sampler?: readonly string[];
  /** Content hashes of the training splits; absent if no variant uses one. */
  readonly splits?: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, VariantIdentity>>;
}

/** A variant without its name and its split's path; the split's content counts instead. */
export type VariantIdentity = Omit<VariantSpec, "name" | "split"> & { readonly split?: string };

/** The fields of a data set that change results. */
export interface DatasetIdentity {
  readonly format: string;
  readonly contentHash: string;
  /** Version of the rules that read its tools' schemas. Absent: all are plain, so every version reads them alike. */
  readonly schemas?: string;
  /** Number of reported records, from the start, without those set aside. */
  readonly reported: number;
  /** Number of records that calibrate thresholds; 0 if no variant needs them. */
  readonly calibration: number;
  /** Number of records set aside by a random draw, used or not. Absent: set aside from the end, or none. */
  readonly drawn?: number;
  /** Records of the file to use; absent: all. */
  readonly rows?: DatasetSpec["rows"];
}

/**
 * Builds the identity of a sweep. It excludes the name, paths, concurrency, timeouts and the order of
 * variants, seeds and data sets, which change no result.
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

/** Counts the reported records of a data set, which exclude those kept for calibration. */
export function countReported(
  records: number,
  dataset: { readonly limit?: number; readonly calibration: number },
): number {
  const free = Math.max(0, records - dataset.calibration);
  return Math.min(dataset.limit ?? free, free);
}

/** Whether calibration records are drawn from the whole data set; for the bundled set, they are the last ones. */
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
