import { LONGEST_WAIT_MS } from "../served/longest-wait.js";
import { ANSWER_FORMATS } from "../formats/answer-formats.js";
import { AUTO_FORMAT } from "../formats/format-fit.js";
import { z } from "zod";
import {
  demonstrations,
  estimator,
  inference,
  sampler,
  synthesis,
  teacher,
  training,
  wholeNumber,
} from "./schema-steps.js";
import { CONFIG_DTYPES } from "./engine-dtype.js";
import { DATASET_FORMATS } from "./dataset-formats.js";
import { DATASET_NAME_PATTERN, NAME_PATTERN } from "../identity/unit-key.js";
import { METHODS } from "../methods/registry.js";
import { NAME_CLOSINGS } from "../uncertainty/name-closing.js";

const rows = z
  .union([
    z.array(wholeNumber(0, 10_000_000)).min(1),
    z.strictObject({ every: wholeNumber(1, 1_000_000), offset: wholeNumber(0, 1_000_000) }),
  ])
  .describe("Which records of the file are used, from 0: a list, or every n-th from an offset.");

const dataset = z.strictObject({
  name: z.string().regex(DATASET_NAME_PATTERN).describe("Name in keys and tables.").optional(),
  format: z.enum(DATASET_FORMATS).describe("Importer."),
  path: z.string().min(1).describe("File or folder; relative to this config.").optional(),
  limit: wholeNumber(1, 1_000_000).describe("Report on the first records only.").optional(),
  rows: rows.optional(),
  calibration: wholeNumber(0, 1_000_000)
    .describe("Records set aside for tau: auto, drawn from the whole data set; never reported on.")
    .optional(),
});

const split = dataset
  .pick({ name: true, format: true, path: true, limit: true })
  .describe("Labeled records outside the test data, for icl, sft and sft-ood.");

const tau = z
  .union([z.number().min(0).max(1_000_000), z.literal("auto")])
  .describe("Uncertain iff margin < tau; auto: chosen by Youden's J on the calibration records.");

const method = z.enum(METHODS);

const variantFields = z.strictObject({
  name: z
    .string()
    .regex(NAME_PATTERN)
    .describe("Unique in the sweep; the method's name if absent.")
    .optional(),
  method,
  estimator: estimator.optional(),
  tau: tau.optional(),
  selection: z
    .enum(["uncertain", "certain", "all", "none"])
    .describe("Which samples are adapted; the rest go to the base model. none: H only scores.")
    .optional(),
  synthesis: synthesis.optional(),
  training: training.optional(),
  inference: inference.optional(),
  teacher: teacher.optional(),
  split: split.optional(),
  demonstrations: demonstrations.optional(),
});

/** Tables and figures of the paper that a report can show next to a sweep's own. */
const EXPERIMENTS = [
  "table-1",
  "table-2",
  "table-3",
  "table-4",
  "figure-2-left",
  "figure-2-right",
  "figure-3",
  "figure-4",
  "figure-5",
  "figure-6",
  "figure-7",
  "figure-9",
] as const;

const run = z
  .strictObject({
    concurrency: wholeNumber(1, 2000).describe("Units in flight.").optional(),
    partitions: wholeNumber(1, 64).optional(),
    failOnError: z
      .number()
      .min(0)
      .max(1_000_000)
      .describe("Stop if more units than this failed: a share below 1, or a number.")
      .optional(),
    stopAfterSameError: wholeNumber(1, 1_000_000).optional(),
    stopOnUnreadable: z
      .boolean()
      .describe("Stop if half or more of the base model's first 20 answers could not be read.")
      .optional(),
    gpuClass: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
      .describe("Class of the GPU workers that serve the sweep, e.g. cpu, a40, h100. Default: all.")
      .optional(),
    privateQueueTimeoutSeconds: wholeNumber(1, 86_400).optional(),
  })
  .describe("How fast the sweep runs; never changes its results.");

const serve = z
  .strictObject({
    variant: z
      .string()
      .regex(NAME_PATTERN)
      .describe("Variant that answers. Default: the first that is not base.")
      .optional(),
    budgetMs: wholeNumber(1, LONGEST_WAIT_MS)
      .describe("Milliseconds after which the base model answers. Default: no limit.")
      .optional(),
    rate: wholeNumber(1, 1_000_000)
      .describe("Requests per minute that a tenant may send. Default: any number.")
      .optional(),
  })
  .describe("How `npx whetstone serve` answers requests; sweeps ignore it.");

/** A config file, before defaults are filled in. */
export const configFileSchema = z.strictObject({
  $schema: z.string().optional(),
  sweep: z.string().regex(NAME_PATTERN).describe("Name of the sweep; the same name resumes it."),
  model: z
    .string()
    .min(1)
    .describe(
      "Model by name (tiny, smollm2-135m, qwen2.5-coder-0.5b, qwen2.5-coder-1.5b), hf:ORG/NAME[@revision], a .gguf file, or the directory of a Hugging Face causal LM.",
    ),
  dataset: dataset.optional(),
  datasets: z.array(dataset).min(1).optional(),
  candidateOrder: z.enum(["given", "shuffled"]).optional(),
  prompt: z
    .enum(["compact", "paper", "native"])
    .describe(
      "Prompt style. native: the model's own chat template shows the tools. Default: compact for tiny and smollm2-135m, paper for every other model.",
    )
    .optional(),
  format: z
    .enum([...ANSWER_FORMATS.map(({ name }) => name), AUTO_FORMAT])
    .describe(
      "How the model writes calls; it should be the model's own way. auto: chosen by a fit on up to 16 records that are not reported on. With prompt native: the template's own. Default: tags for tiny and smollm2-135m, list for every other model.",
    )
    .optional(),
  refusals: z
    .enum(["words", "empty-list"])
    .describe(
      "What is right for a sample that needs no call: words or an empty list, or the empty list alone.",
    )
    .optional(),
  dtype: z
    .enum(CONFIG_DTYPES)
    .describe(
      "Type of numbers that the engine computes in; any: engines of different types may share the sweep. Default: the type of the engine that the sweep starts with.",
    )
    .optional(),
  nameClosing: z
    .enum(NAME_CLOSINGS)
    .describe(
      "What H scores after a name. mass: its closing character, in any token; none: nothing (paper); token: that character as a token. Default: token with format tags, otherwise mass.",
    )
    .optional(),
  seeds: z
    .union([wholeNumber(1, 1000), z.array(wholeNumber(0, 1_000_000)).min(1)])
    .describe("Number of seeds, or a list of seed indices.")
    .optional(),
  estimator: estimator.optional(),
  tau: tau.optional(),
  synthesis: synthesis.optional(),
  training: training.optional(),
  inference: inference.optional(),
  teacher: teacher.optional(),
  sampler: sampler.optional(),
  split: split.optional(),
  allowGold: z
    .boolean()
    .describe("Allows the cheating methods, which see the test samples' gold: upper bounds only.")
    .optional(),
  experiment: z
    .enum(EXPERIMENTS)
    .describe("The paper's table or figure that the report shows beside this sweep.")
    .optional(),
  variants: z.array(z.union([method, variantFields])).min(1),
  run: run.optional(),
  serve: serve.optional(),
});

/** A validated config file. */
export type ConfigFile = z.infer<typeof configFileSchema>;

/** One variant as written: a method's name, or fields. */
export type VariantEntry = z.infer<typeof variantFields>;

/** One data set as written. */
export type DatasetEntry = z.infer<typeof dataset>;
