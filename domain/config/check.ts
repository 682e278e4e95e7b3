import { CALIBRATION_VARIANT } from "../uncertainty/calibration.js";
import { canonicalJson } from "../json/canonical.js";
import type { ResolvedConfig } from "./config.js";
import type { ConfigProblem } from "./problems.js";
import type { ConfigFile } from "./schema.js";
import {
  isCheat,
  needsShare,
  trainsPerSample,
  usesSplit,
  usesSweepAdapter,
} from "../methods/methods.js";
import { describeFormat } from "./dataset-formats.js";
import type { EstimatorRecord } from "../uncertainty/registry.js";
import { describeEstimator, ESTIMATOR_KINDS } from "../uncertainty/registry.js";
import type { VariantSpec } from "./variant.js";
import { DATASET_NAME_PATTERN } from "../identity/unit-key.js";
import { describePattern } from "../text/describe-pattern.js";

/** Finds what a schema cannot: fields that contradict each other. */
export function checkConfig(file: ConfigFile, config: ResolvedConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if ((file.dataset === undefined) === (file.datasets === undefined)) {
    const text =
      file.dataset === undefined
        ? "missing. Needed: a mapping with the field format."
        : "stands beside datasets. Allowed: one of the two.";
    problems.push({ path: ["dataset"], text });
  }
  problems.push(...checkDatasets(file, config), ...checkSeeds(config));
  problems.push(
    ...config.variants.flatMap((variant, index) => [
      ...checkVariant(config, variant, index),
      ...checkShare(file, variant, index),
    ]),
  );
  const served = config.serve?.variant;
  const names = config.variants.map(({ name }) => name);
  if (served !== undefined && !names.includes(served)) {
    const text = `${JSON.stringify(served)} is not a variant of this config. Allowed: ${names.join(", ")}.`;
    problems.push({ path: ["serve", "variant"], text });
  }
  const { failOnError } = config.run;
  if (failOnError > 1 && !Number.isInteger(failOnError)) {
    problems.push({
      path: ["run", "failOnError"],
      text: `${failOnError} is not allowed. Allowed: a share below 1, or a whole number of units.`,
    });
  }
  return problems;
}

function checkDatasets(file: ConfigFile, config: ResolvedConfig): ConfigProblem[] {
  return config.datasets.flatMap((dataset, index) => {
    const path = file.datasets === undefined ? ["dataset"] : ["datasets", index];
    const problems: ConfigProblem[] = [];
    const isBundled = describeFormat(dataset.format)?.bundled === true;
    if (!isBundled && dataset.path === undefined) {
      problems.push({
        path: [...path, "path"],
        text: `missing. Needed: the file or folder to read as ${dataset.format}; it can be given by --set ${path.join(".")}.path=PATH.`,
      });
    }
    if (isBundled && dataset.path !== undefined) {
      problems.push({
        path: [...path, "path"],
        text: `not allowed: ${dataset.format} is the bundled data set.`,
      });
    }
    if (!DATASET_NAME_PATTERN.test(dataset.name)) {
      problems.push({
        path: [...path, "name"],
        text: `${JSON.stringify(dataset.name)} is not allowed. Allowed: ${describePattern(DATASET_NAME_PATTERN.source)}.`,
      });
    }
    if (config.datasets.findIndex((other) => other.name === dataset.name) !== index) {
      problems.push({
        path: [...path, "name"],
        text: `${JSON.stringify(dataset.name)} is already another data set's name. Give this one its own name.`,
      });
    }
    return problems;
  });
}

function checkSeeds(config: ResolvedConfig): ConfigProblem[] {
  const repeated = config.seeds.find((seed, index) => config.seeds.indexOf(seed) !== index);
  if (repeated === undefined) return [];
  return [{ path: ["seeds"], text: `${repeated} is listed twice. Allowed: each seed index once.` }];
}

function checkVariant(
  config: ResolvedConfig,
  variant: VariantSpec,
  index: number,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (field: string, text: string) => {
    problems.push({ path: ["variants", index, field], text });
  };
  if (variant.name === CALIBRATION_VARIANT) {
    add(
      "name",
      `"${CALIBRATION_VARIANT}" is reserved for the calibration records. Choose another name.`,
    );
  }
  if (config.variants.findIndex((other) => other.name === variant.name) !== index) {
    add(
      "name",
      `${JSON.stringify(variant.name)} is already another variant's name. Give this one its own name.`,
    );
  }
  if (isCheat(variant.method) && !config.allowGold) {
    add(
      "method",
      `${variant.method} sees the test samples' gold. Allowed only beside allowGold: true, as an upper bound.`,
    );
  }
  if (usesSplit(variant.method) && variant.split === undefined) {
    add(
      "split",
      `missing: ${variant.method} needs labelled records. Give a split with format and path, here or for the whole config.`,
    );
  }
  const trains = trainsPerSample(variant.method) || usesSweepAdapter(variant.method);
  if (config.sampler && trains && variant.training.scope === "answer") {
    add(
      "training",
      'scope "answer" cannot be handed over to a sampler, which applies an adapter to the prompt too. Use scope "all".',
    );
  }
  if (variant.training.adaptive && variant.synthesis.examples < 2) {
    add("training", "adaptive holds one pair back, so it needs synthesis.examples of 2 or more.");
  }
  const { kind, aggregate, samples } = variant.estimator;
  const record = describeEstimator(kind);
  const { flags, largestTau = Number.POSITIVE_INFINITY } = record;
  const refuse = (field: string, takes: (record: EstimatorRecord) => boolean): void => {
    if (takes(record)) return;
    const takers = ESTIMATOR_KINDS.filter((each) => takes(describeEstimator(each)));
    add("estimator", `${field} has no effect on ${kind}. Allowed with: ${takers.join(", ")}.`);
  };
  if (aggregate !== undefined) refuse("aggregate", ({ aggregates }) => aggregates === true);
  if (samples !== undefined) refuse("samples", ({ readsAnswers }) => readsAnswers === "samples");
  if (variant.tau === "auto") {
    if (flags !== "tau") {
      add("tau", `"auto" is not allowed with the estimator ${kind}, which has no threshold.`);
    }
    const first = config.variants.find((other) => other.tau === "auto") ?? variant;
    if (canonicalJson(first.inference) !== canonicalJson(variant.inference)) {
      add(
        "inference",
        `differs from that of variant ${first.name}. Variants with tau "auto" share their calibration answers, so they need equal inference settings.`,
      );
    }
    for (const dataset of config.datasets) {
      if (dataset.calibration === 0) {
        add(
          "tau",
          `"auto" needs calibration records, and data set ${dataset.name} sets none aside. Set its field calibration, for example to 100.`,
        );
      }
    }
  } else if (variant.tau > largestTau) {
    add(
      "tau",
      `${variant.tau} is not allowed. Allowed: a number from 0 to ${largestTau} (margins of ${kind} are 0 to 1; above 1 selects every sample) or "auto".`,
    );
  }
  return problems;
}

/** A gate by chance requires an explicit share of samples to flag; no default is meaningful. */
function checkShare(file: ConfigFile, { method }: VariantSpec, index: number): ConfigProblem[] {
  if (!needsShare(method)) return [];
  const entry = file.variants[index];
  const given = typeof entry === "object" ? entry.estimator : undefined;
  if (typeof given === "object" && given.rate !== undefined) return [];
  return [
    {
      path: ["variants", index, "estimator"],
      text: `missing: ${method} needs the share of samples to flag, estimator: { kind: rss, rate: SHARE }. \`npx whetstone status SWEEP\` of a finished sweep names the share that its gated variants flagged.`,
    },
  ];
}
