import { DEFAULT_FORMAT } from "../formats/answer-formats.js";
import { AUTO_FORMAT, NATIVE_PROMPT } from "../formats/format-fit.js";
import { UNRECORDED_NAME_CLOSING, defaultNameClosing } from "../uncertainty/name-closing.js";
import type { DatasetSpec, ResolvedConfig, ServeSettings } from "./config.js";
import { CONFIG_DEFAULTS } from "./defaults.js";
import { answerDefaultsOf } from "./model-defaults.js";
import { describeFormat } from "./dataset-formats.js";
import { hasThreshold, pairSource, usesSweepAdapter } from "../methods/methods.js";
import { describeMethod, type Method } from "../methods/registry.js";
import type { ConfigFile, DatasetEntry, VariantEntry } from "./schema.js";
import type {
  DemonstrationSpec,
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SplitSpec,
  SynthesisChecks,
  SynthesisSpec,
  TrainingSpec,
  VariantSpec,
} from "./variant.js";

/** Fills in all defaults without checks (see `checkConfig`). Keeps paths unchanged. */
export function resolveConfig(file: ConfigFile): ResolvedConfig {
  return {
    sweep: file.sweep,
    model: file.model,
    datasets: (file.datasets ?? (file.dataset ? [file.dataset] : [])).map(resolveDataset),
    candidateOrder: file.candidateOrder ?? CONFIG_DEFAULTS.candidateOrder,
    ...resolveAnswers(file),
    ...(file.refusals === "empty-list" ? { refusals: file.refusals } : {}),
    ...(file.dtype === undefined ? {} : { dtype: file.dtype }),
    seeds: resolveSeeds(file.seeds),
    variants: file.variants.map((entry) =>
      resolveVariant(file, typeof entry === "string" ? { method: entry } : entry),
    ),
    ...(file.sampler === undefined
      ? {}
      : { sampler: merge<ServerSpec>(file.sampler as ServerSpec) }),
    allowGold: file.allowGold ?? CONFIG_DEFAULTS.allowGold,
    ...(file.experiment === undefined ? {} : { experiment: file.experiment }),
    run: merge(CONFIG_DEFAULTS.run, file.run),
    ...(file.serve === undefined ? {} : { serve: merge<ServeSettings>({}, file.serve) }),
  };
}

/**
 * Prompt, format and name closing; what is not given depends on the model. Format and name closing stay out at the
 * values that configs without these fields meant, so that they keep their hash.
 */
function resolveAnswers(
  file: ConfigFile,
): Pick<ResolvedConfig, "prompt" | "format" | "nameClosing"> {
  const defaults = answerDefaultsOf(file.model);
  const own = file.prompt === NATIVE_PROMPT ? AUTO_FORMAT : defaults.format;
  const format = file.format ?? own;
  const nameClosing = file.nameClosing ?? defaultNameClosing(format);
  return {
    prompt: file.prompt ?? defaults.prompt,
    ...(format === DEFAULT_FORMAT ? {} : { format }),
    ...(nameClosing === UNRECORDED_NAME_CLOSING ? {} : { nameClosing }),
  };
}

function resolveSeeds(seeds: ConfigFile["seeds"]): readonly number[] {
  if (seeds === undefined) return CONFIG_DEFAULTS.seeds;
  return typeof seeds === "number" ? Array.from({ length: seeds }, (_, index) => index) : seeds;
}

function resolveDataset(entry: DatasetEntry): DatasetSpec {
  return {
    name: entry.name ?? defaultDatasetName(entry),
    format: entry.format,
    ...(entry.path === undefined ? {} : { path: entry.path }),
    ...(entry.limit === undefined ? {} : { limit: entry.limit }),
    ...(entry.rows === undefined ? {} : { rows: entry.rows }),
    calibration: entry.calibration ?? CONFIG_DEFAULTS.dataset.calibration,
  };
}

/** The format's name, or the file's name for the user's own files. */
function defaultDatasetName(entry: Pick<DatasetEntry, "format" | "path">): string {
  if (describeFormat(entry.format)?.named !== "by file") return entry.format;
  const file = (entry.path ?? "").split(/[\\/]/).at(-1) ?? "";
  const slug = file
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return slug === "" ? entry.format : slug;
}

function resolveVariant(file: ConfigFile, entry: VariantEntry): VariantSpec {
  const { fixed = {} } = describeMethod(entry.method);
  return {
    name: entry.name ?? entry.method,
    method: entry.method,
    estimator: resolveEstimator(entry.estimator ?? file.estimator),
    // A sweep-wide `auto` applies only to methods that have a threshold.
    tau: hasThreshold(entry.method)
      ? (entry.tau ?? file.tau ?? CONFIG_DEFAULTS.tau)
      : CONFIG_DEFAULTS.tau,
    selection: entry.selection ?? CONFIG_DEFAULTS.selection,
    synthesis: {
      ...resolveSynthesis(answerDefaultsOf(file.model).synthesis, file.synthesis, entry.synthesis),
      ...fixed.synthesis,
    },
    training: resolveTraining(entry.method, file.training, entry.training),
    inference: {
      ...merge<InferenceSpec>(CONFIG_DEFAULTS.inference, file.inference, entry.inference),
      ...fixed.inference,
    },
    ...resolveSources(file, entry),
  };
}

/** Only a sweep's adapter is trained in batches; each step of a temporary adapter takes one example. */
function resolveTraining(method: Method, ...layers: ConfigFile["training"][]): TrainingSpec {
  const { batchSize = CONFIG_DEFAULTS.fineTuneBatchSize, ...spec } = merge<TrainingSpec>(
    CONFIG_DEFAULTS.training,
    ...layers,
  );
  return usesSweepAdapter(method) ? { ...spec, batchSize } : spec;
}

/** Resolves the inputs that only some methods have: a teacher, a training split, a choice of its records. */
function resolveSources(
  file: ConfigFile,
  entry: VariantEntry,
): Pick<VariantSpec, "teacher" | "split" | "demonstrations"> {
  const { method } = entry;
  if (pairSource(method) === "teacher") {
    const given = { ...file.teacher, ...entry.teacher };
    // A user's own server needs no key unless the config names one.
    const { apiKeyEnv, ...address } = CONFIG_DEFAULTS.teacher;
    const defaults = given.baseUrl === undefined ? { ...address, apiKeyEnv } : address;
    return { teacher: merge<ServerSpec>(defaults, given) };
  }
  const chosen = describeMethod(method).split;
  if (chosen === undefined) return {};
  const split = entry.split ?? file.split;
  return {
    ...(split === undefined ? {} : { split: resolveSplit(split) }),
    ...(chosen === "all"
      ? {}
      : {
          demonstrations: merge<DemonstrationSpec>(
            CONFIG_DEFAULTS.demonstrations,
            entry.demonstrations,
          ),
        }),
  };
}

function resolveSplit(entry: NonNullable<ConfigFile["split"]>): SplitSpec {
  return {
    name: entry.name ?? `${defaultDatasetName(entry)}-split`,
    format: entry.format,
    ...(entry.path === undefined ? {} : { path: entry.path }),
    ...(entry.limit === undefined ? {} : { limit: entry.limit }),
  };
}

function resolveEstimator(entry: ConfigFile["estimator"]): EstimatorSpec {
  const fields = typeof entry === "string" ? { kind: entry } : entry;
  const { aggregate, samples, ...spec } = merge<EstimatorSpec>(CONFIG_DEFAULTS.estimator, fields);
  const { estimatorOptions } = CONFIG_DEFAULTS;
  return {
    ...spec,
    ...(aggregate === undefined || aggregate === estimatorOptions.aggregate ? {} : { aggregate }),
    ...(samples === undefined || samples === estimatorOptions.samples ? {} : { samples }),
  };
}

function resolveSynthesis(...layers: ConfigFile["synthesis"][]): SynthesisSpec {
  let spec: SynthesisSpec = CONFIG_DEFAULTS.synthesis;
  for (const layer of layers) {
    const { checks, ...rest } = layer ?? {};
    spec = { ...merge(spec, rest), checks: mergeChecks(spec.checks, checks) };
  }
  return spec;
}

/** `stated` is newer than the first hashes, so it stays out if it is off. */
function mergeChecks(
  { stated: before, ...base }: SynthesisChecks,
  layer: NonNullable<ConfigFile["synthesis"]>["checks"],
): SynthesisChecks {
  const { stated = before === true, ...fields } =
    typeof layer === "boolean" ? allChecks(layer) : (layer ?? {});
  return { ...merge<SynthesisChecks>(base, fields), ...(stated ? { stated } : {}) };
}

function allChecks(on: boolean): Partial<Omit<SynthesisChecks, "stated">> & { stated?: false } {
  const switched = { knownTool: on, argumentsFitSchema: on, differsFromSeed: on, grounded: on };
  return on ? switched : { ...switched, stated: false };
}

/** A layer whose values may be absent or `undefined`. */
type Layer<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** Applies each layer's values to the base; absent values change nothing. */
function merge<T extends object>(base: T, ...layers: (Layer<T> | undefined)[]): T {
  const result = { ...base };
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer ?? {})) {
      if (value !== undefined) Object.assign(result, { [key]: value });
    }
  }
  return result;
}
