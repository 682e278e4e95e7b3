import { z } from "zod";
import { AGGREGATES } from "../uncertainty/answer-options.js";
import { ESTIMATOR_KINDS } from "../uncertainty/registry.js";

/** Config fields of the paper's steps, each with a description for editors. */

const share = () => z.number().min(0).max(1);
export const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);
const decoding = z
  .enum(["free", "constrained"])
  .describe("Whether a grammar forces the JSON shape.");
const temperature = z.number().min(0).max(2).describe("0: greedy, deterministic.");

const estimatorFields = z
  .strictObject({
    kind: z.enum(ESTIMATOR_KINDS),
    rate: share().describe("Share of samples that `random` flags.").optional(),
    weight: z
      .number()
      .min(0)
      .max(100)
      .describe("Weight of log P(query | tool) in `channel`.")
      .optional(),
    aggregate: z
      .enum(AGGREGATES)
      .describe(
        "How tokens count together in call-likelihood and argument-likelihood. Default: mean.",
      )
      .optional(),
    samples: wholeNumber(2, 64).describe("Answers that agreement compares. Default: 5.").optional(),
  })
  .describe("H, the uncertainty estimator.");

export const estimator = z
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
      stated: z
        .boolean()
        .describe(
          "Drop optional arguments that the new query does not state; required numbers must be in it.",
        )
        .optional(),
    }),
  ])
  .describe(
    "Checks that turn a parsed reply into a parse failure; true switches on all but `stated`, false switches off all.",
  );

export const synthesis = z
  .strictObject({
    examples: wholeNumber(1, 16).describe("K, synthetic pairs per adapted sample.").optional(),
    temperature: temperature.optional(),
    maxTokens: wholeNumber(1, 32768)
      .describe(
        "Maximum reply length in tokens, a teacher's reasoning included; the model's context limits it, too. The paper: 32768.",
      )
      .optional(),
    maxAttempts: wholeNumber(1, 20).describe("Attempts per pair, including the first.").optional(),
    decoding: decoding.optional(),
    checks: checks.optional(),
    grounding: z
      .enum(["free", "substitute", "rewrite"])
      .describe(
        "free: the model writes query and call; otherwise its own grounded answer is varied.",
      )
      .optional(),
    name: z
      .enum(["own", "best", "channel"])
      .describe("Tool of a grounded call: the model's own answer's, H's best, the channel's best.")
      .optional(),
    verify: z
      .enum(["none", "rss", "channel"])
      .describe("Keep a pair only if this estimator prefers its tool on the new query.")
      .optional(),
    draws: wholeNumber(1, 16)
      .describe("Usable draws per pair; the one that the model scores as most likely is kept.")
      .optional(),
  })
  .describe("G, the synthesis of training pairs.");

export const training = z
  .strictObject({
    rank: wholeNumber(1, 256).optional(),
    alpha: z.number().gt(0).max(1024).optional(),
    learningRate: z.number().gt(0).max(1).optional(),
    epochs: wholeNumber(1, 100).optional(),
    warmupRatio: share().optional(),
    schedule: z.enum(["cosine", "constant", "linear"]).optional(),
    scope: z.enum(["all", "answer"]).describe("Where the adapter is active.").optional(),
    batchSize: wholeNumber(1, 1024)
      .describe("Examples per optimization step of sft, sft-ood and cheat-sft.")
      .optional(),
    adaptive: z
      .boolean()
      .describe("Add pairs one by one until the loss on a held-back pair no longer falls.")
      .optional(),
  })
  .describe("T, the temporary LoRA adapter.");

export const inference = z
  .strictObject({
    temperature: temperature.optional(),
    maxTokens: wholeNumber(1, 32768).optional(),
    answers: wholeNumber(1, 64).describe("Answers drawn per unit.").optional(),
    decoding: decoding.optional(),
    calls: z
      .enum(["any", "some", "one"])
      .describe("Calls of a constrained answer: any number, at least one, exactly one.")
      .optional(),
    copy: z
      .boolean()
      .describe("Decode ungrounded values again as copies from the query.")
      .optional(),
  })
  .describe("I, the final answer.");

const server = z.strictObject({
  model: z.string().min(1),
  baseUrl: z.url().describe("Address up to and including /v1."),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .describe("Name of the environment variable that holds the key.")
    .optional(),
});

export const teacher = server
  .partial()
  .describe("OpenAI-compatible server that writes the pairs of tt-d; gpt-5-mini by default.");

export const sampler = server.describe(
  "OpenAI-compatible server that generates (G and I) instead of the engine; adapters are passed as PEFT directories.",
);

export const demonstrations = z
  .strictObject({
    examples: wholeNumber(1, 64).optional(),
    select: z
      .enum(["random", "nearest"])
      .describe(
        "icl: random records, or those most similar to the query by TF-IDF (not an embedding).",
      )
      .optional(),
    draw: wholeNumber(0, 1000).describe("Which independent random draw.").optional(),
  })
  .describe("Records of the split that are shown (icl) or trained on (sft-ood).");
