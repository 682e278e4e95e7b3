import { z } from "zod";
import { DATASET_NAME_PATTERN, NAME_PATTERN } from "./unit-key.js";
import { IMPLEMENTED_METHODS } from "./variant.js";

const share = () => z.number().min(0).max(1);
const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);
const decoding = z
  .enum(["free", "constrained"])
  .describe("Whether a grammar forces the JSON shape.");
const temperature = z.number().min(0).max(2).describe("0: greedy, deterministic.");

const estimatorFields = z
  .strictObject({
    kind: z.enum(["rss", "perplexity", "nll", "random", "trivial"]),
    rate: share().describe("Share of samples that `random` flags.").optional(),
  })
  .describe("H, the uncertainty estimator.");

const estimator = z
  .union([estimatorFields.shape.kind, estimatorFields])
  .describe("H, the uncertainty estimator: its kind, or its kind with parameters.");

const checks = z
  .union([
    z.boolean(),
    z.strictObject({
      knownTool: z.boolean().optional(),
      argumentsFitSchema: z.boolean().optional(),
      differsFromSeed: z.boolean().optional(),
      grounded: z.boolean().optional(),
    }),
  ])
  .describe(
    "Checks that turn a parsed reply into a parse failure; a boolean switches all of them.",
  );

const synthesis = z
  .strictObject({
    examples: wholeNumber(1, 16).describe("K, synthetic pairs per adapted sample.").optional(),
    temperature: temperature.optional(),
    maxTokens: wholeNumber(1, 32768).optional(),
    maxAttempts: wholeNumber(1, 20).describe("Attempts per pair, the first included.").optional(),
    decoding: decoding.optional(),
    checks: checks.optional(),
  })
  .describe("G, the synthesis of training pairs.");

const training = z
  .strictObject({
    rank: wholeNumber(1, 256).optional(),
    alpha: z.number().gt(0).max(1024).optional(),
    learningRate: z.number().gt(0).max(1).optional(),
    epochs: wholeNumber(1, 100).optional(),
    warmupRatio: share().optional(),
    schedule: z.enum(["cosine", "constant", "linear"]).optional(),
    scope: z.enum(["all", "answer"]).describe("Where the adapter is active.").optional(),
  })
  .describe("T, the temporary LoRA adapter.");

const inference = z
  .strictObject({
    temperature: temperature.optional(),
    maxTokens: wholeNumber(1, 32768).optional(),
    answers: wholeNumber(1, 64).describe("Answers drawn per unit.").optional(),
    decoding: decoding.optional(),
  })
  .describe("I, the final answer.");

const tau = z
  .union([z.number().min(0).max(1_000_000), z.literal("auto")])
  .describe("Uncertain iff margin < tau; auto: chosen by Youden's J on the calibration records.");

const method = z.enum(IMPLEMENTED_METHODS);

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
    .enum(["uncertain", "certain", "all"])
    .describe("Which samples are adapted; the rest go to the base model.")
    .optional(),
  synthesis: synthesis.optional(),
  training: training.optional(),
  inference: inference.optional(),
});

/** Formats that datasets/ has an importer for; a test keeps the two lists equal. */
const FORMATS = [
  "lookalike",
  "openai-jsonl",
  "sealtool",
  "nexusraven",
  "apibank",
  "toolalpaca",
  "bfcl",
] as const;

const dataset = z.strictObject({
  name: z.string().regex(DATASET_NAME_PATTERN).describe("Name in keys and tables.").optional(),
  format: z.enum(FORMATS).describe("Importer."),
  path: z.string().min(1).describe("File or folder; relative to this config.").optional(),
  limit: wholeNumber(1, 1_000_000).describe("Report on the first records only.").optional(),
  calibration: wholeNumber(0, 1_000_000)
    .describe("Records kept from the end for tau: auto, never reported on.")
    .optional(),
});

const run = z
  .strictObject({
    concurrency: wholeNumber(1, 2000).describe("Samples in flight.").optional(),
    partitions: wholeNumber(1, 64).optional(),
    failOnError: z
      .number()
      .min(0)
      .max(1_000_000)
      .describe("Stop when more units than this failed: a share below 1, or a number.")
      .optional(),
    stopAfterSameError: wholeNumber(1, 1_000_000).optional(),
    gpuClass: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
      .describe("Task queue of the GPU workers.")
      .optional(),
    privateQueueTimeoutSeconds: wholeNumber(1, 86_400).optional(),
  })
  .describe("How fast the sweep runs; never changes its results.");

/** A config file, before defaults are filled in. */
export const configFileSchema = z.strictObject({
  $schema: z.string().optional(),
  sweep: z.string().regex(NAME_PATTERN).describe("Name of the sweep; the same name resumes it."),
  model: z.string().min(1).describe('"tiny", or the directory of a Hugging Face causal LM.'),
  dataset: dataset.optional(),
  datasets: z.array(dataset).min(1).optional(),
  candidateOrder: z.enum(["given", "shuffled"]).optional(),
  prompt: z.enum(["compact"]).optional(),
  seeds: z
    .union([wholeNumber(1, 1000), z.array(wholeNumber(0, 1_000_000)).min(1)])
    .describe("How many seeds, or which seed indices.")
    .optional(),
  estimator: estimator.optional(),
  tau: tau.optional(),
  synthesis: synthesis.optional(),
  training: training.optional(),
  inference: inference.optional(),
  variants: z.array(z.union([method, variantFields])).min(1),
  run: run.optional(),
});

/** A config file that has been checked. */
export type ConfigFile = z.infer<typeof configFileSchema>;

/** One variant as written: a method's name, or fields. */
export type VariantEntry = z.infer<typeof variantFields>;

/** One data set as written. */
export type DatasetEntry = z.infer<typeof dataset>;
