import type { DatasetSpec, RunSettings } from "./config.js";
import { CONFIG_FIELDS, VARIANT_FIELDS } from "./config-fields.js";
import { defaultsOf } from "./field.js";
import {
  DEMONSTRATION_FIELDS,
  ESTIMATOR_FIELDS,
  INFERENCE_FIELDS,
  SYNTHESIS_FIELDS,
  TEACHER_FIELDS,
  TRAINING_FIELDS,
} from "./step-fields.js";
import type {
  DemonstrationSpec,
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SynthesisSpec,
  TrainingSpec,
} from "./variant.js";

const { aggregate, samples, ...estimator } = defaultsOf(ESTIMATOR_FIELDS);
const { batchSize, ...training } = defaultsOf(TRAINING_FIELDS);

/** Values of omitted config fields. Fields that change results declare theirs; `run` and `dataset` have them here. */
export const CONFIG_DEFAULTS = {
  ...defaultsOf(CONFIG_FIELDS),
  ...defaultsOf(VARIANT_FIELDS),
  estimator: estimator satisfies EstimatorSpec,
  /** Parameters of an estimator that stay out at their defaults. */
  estimatorOptions: { aggregate, samples } satisfies Partial<EstimatorSpec>,
  synthesis: defaultsOf(SYNTHESIS_FIELDS) satisfies SynthesisSpec,
  training: training satisfies TrainingSpec,
  /** Examples per optimization step of a sweep's adapter; a temporary adapter takes one. */
  fineTuneBatchSize: batchSize,
  inference: defaultsOf(INFERENCE_FIELDS) satisfies InferenceSpec,
  teacher: defaultsOf(TEACHER_FIELDS) satisfies ServerSpec,
  demonstrations: defaultsOf(DEMONSTRATION_FIELDS) satisfies DemonstrationSpec,
  dataset: { calibration: 0 } satisfies Partial<DatasetSpec>,
  run: {
    concurrency: 48,
    partitions: 4,
    failOnError: 0.1,
    stopAfterSameError: 10,
    stopOnUnreadable: true,
    privateQueueTimeoutSeconds: 60,
  } as RunSettings,
} as const;
