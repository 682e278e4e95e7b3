import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadShownSample, loadStepContext } from "../../../../activities/support/step-context.js";
import {
  answerKey,
  channelKey,
  fineTuneKey,
  heldBackKey,
  scoreKey,
  synthesisKey,
  tokensKey,
  trainingKey,
} from "../../../../activities/support/step-keys.js";
import type { GatherExamplesInput } from "../../../../contracts/steps/gather-examples.js";
import type { InferInput } from "../../../../contracts/steps/infer.js";
import type { MeasureHeldBackInput } from "../../../../contracts/steps/measure-held-back.js";
import type { RecallStepsInput } from "../../../../contracts/steps/recall-steps.js";
import type { ScoreUncertaintyInput } from "../../../../contracts/steps/score-uncertainty.js";
import type { SynthesizeInput } from "../../../../contracts/steps/synthesize.js";
import type { TrainAdapterInput } from "../../../../contracts/steps/train-adapter.js";
import { PLAN_FIELDS, type SweepPlan } from "../../../../contracts/sweep-plan.js";
import { CONFIG_FIELDS, VARIANT_FIELDS } from "../../../../domain/config/config-fields.js";
import { hashIdentity, identifySweep } from "../../../../domain/config/config-hash.js";
import type { ResolvedConfig } from "../../../../domain/config/config.js";
import { CONFIG_DEFAULTS } from "../../../../domain/config/defaults.js";
import type { Field, KeyedStep } from "../../../../domain/config/field.js";
import {
  DEMONSTRATION_FIELDS,
  ESTIMATOR_FIELDS,
  INFERENCE_FIELDS,
  SAMPLER_FIELDS,
  SYNTHESIS_FIELDS,
  TEACHER_FIELDS,
  TRAINING_FIELDS,
} from "../../../../domain/config/step-fields.js";
import type {
  DemonstrationSpec,
  EstimatorSpec,
  InferenceSpec,
  ServerSpec,
  SynthesisSpec,
  TrainingSpec,
  VariantSpec,
} from "../../../../domain/config/variant.js";
import type { SyntheticPair } from "../../../../domain/units/trace.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import { makeSample, makeUnit } from "../../store/fixtures.js";

/** Another value for every field of a spec. */
type Others<Spec> = Readonly<Required<Spec>>;

const PAIR: SyntheticPair = { instruction: "a", input: "", output: [] };
const TEACHER: ServerSpec = { model: "t", baseUrl: "http://127.0.0.1:1/v1", apiKeyEnv: "A" };
const SAMPLER: ServerSpec = { model: "s", baseUrl: "http://127.0.0.1:2/v1", apiKeyEnv: "B" };
const OTHER_SERVER: Others<ServerSpec> = {
  ...{ model: "other", baseUrl: "http://127.0.0.1:3/v1", apiKeyEnv: "C" },
};
const { checks } = CONFIG_DEFAULTS.synthesis;

const OTHER_ESTIMATOR: Others<EstimatorSpec> = {
  ...{ kind: "nll", rate: 0.9, weight: 0.5, aggregate: "sum", samples: 3 },
};
const OTHER_SYNTHESIS: Others<SynthesisSpec> = {
  ...{ examples: 4, temperature: 0.1, maxTokens: 9, maxAttempts: 2, draws: 2 },
  ...{ decoding: "constrained", checks: { ...checks, grounded: false }, verify: "rss" },
  ...{ grounding: "rewrite", name: "channel" },
};
const OTHER_TRAINING: Others<TrainingSpec> = {
  ...{ rank: 4, alpha: 8, learningRate: 1e-3, epochs: 1, warmupRatio: 0, schedule: "linear" },
  ...{ scope: "answer", adaptive: true, batchSize: 2 },
};
const OTHER_INFERENCE: Others<InferenceSpec> = {
  ...{ temperature: 0.1, maxTokens: 9, answers: 5, decoding: "constrained", calls: "one" },
  copy: true,
};
const OTHER_DEMONSTRATIONS: Others<DemonstrationSpec> = { examples: 2, select: "nearest", draw: 1 };
const OTHER_PLAN: Others<SweepPlan> = {
  ...{ modelFingerprint: "model-2", prompt: "paper", candidateOrder: "shuffled" },
  ...{ format: "list", nameClosing: "mass", dtype: "bfloat16" },
  ...{ sampler: { ...SAMPLER, model: "other" }, requirementsUnknown: ["lookalike"] },
  ...{ gpuClass: "h100", privateQueueTimeoutSeconds: 1, recordOn: "cpu", tenant: "other" },
};

/** What all keys of a unit are made of. */
interface Situation {
  readonly plan: SweepPlan;
  readonly variant: VariantSpec;
  readonly forcedName?: string;
}

const BASE: Situation = {
  plan: {
    ...{ modelFingerprint: "model-1", prompt: "compact", candidateOrder: "given" },
    ...{ gpuClass: "a40", privateQueueTimeoutSeconds: 60, recordOn: "local" },
  },
  variant: {
    ...{ name: "v", method: "tt-si", tau: 0.9, selection: "uncertain" },
    estimator: CONFIG_DEFAULTS.estimator,
    synthesis: CONFIG_DEFAULTS.synthesis,
    training: { ...CONFIG_DEFAULTS.training, batchSize: 1 },
    inference: CONFIG_DEFAULTS.inference,
  },
};

/** One situation for each case in which a field may have a say. */
const SITUATIONS: readonly Situation[] = [
  BASE,
  withServers(BASE),
  withPart(BASE, "synthesis", { grounding: "substitute" }),
  withPart(BASE, "synthesis", { grounding: "substitute", name: "best" }),
  withPart(BASE, "synthesis", { decoding: "constrained" }),
  withPart(BASE, "inference", { copy: true }),
  { ...BASE, forcedName: "a" },
];

function withServers({ plan, variant }: Situation): Situation {
  return { plan: { ...plan, sampler: SAMPLER }, variant: { ...variant, teacher: TEACHER } };
}

type Part = "estimator" | "synthesis" | "training" | "inference" | "teacher" | "demonstrations";

/** The situation with fields of one part of its variant changed, if it has that part. */
function withPart(situation: Situation, part: Part, fields: object): Situation {
  const { variant } = situation;
  if (variant[part] === undefined) return situation;
  return { ...situation, variant: { ...variant, [part]: { ...variant[part], ...fields } } };
}

let store: Store;

beforeAll(async () => {
  store = await openStore("sqlite::memory:");
  const { sample, gold } = makeSample(0);
  const tools = ["a", "b", "c", "d"].map((name) => ({ name, description: "", parameters: {} }));
  await store.putSamples("lookalike", "hash", [{ sample: { ...sample, tools }, gold }]);
});

afterAll(async () => {
  await store.close();
});

async function allKeys({
  plan,
  variant,
  forcedName,
}: Situation): Promise<Record<KeyedStep, string>> {
  const unit = makeUnit(0);
  const context = await loadStepContext(store, { unit, plan });
  const { training, inference } = variant;
  const trained = { pairs: [PAIR], samples: [context.sample] };
  const samples = [await loadShownSample(store, { plan }, unit)];
  return {
    score: scoreKey(context),
    channel: channelKey(context),
    tokens: tokensKey(context, "[]"),
    synthesize: synthesisKey(context, variant, 0),
    train: trainingKey(context, trained, training),
    "held-back": heldBackKey(context, trained, training, PAIR),
    "fine-tune": fineTuneKey({ plan, samples, calls: [[]], training, seed: 1 }),
    answer: answerKey(context, inference, forcedName === undefined ? {} : { forcedName }),
  };
}

/** The steps whose keys a change moves, in any situation. */
async function stepsMovedBy(change: (situation: Situation) => Situation): Promise<string[]> {
  const moved = new Set<string>();
  for (const situation of SITUATIONS) {
    const [before, after] = [await allKeys(situation), await allKeys(change(situation))];
    for (const step of Object.keys(before) as KeyedStep[]) {
      if (before[step] !== after[step]) moved.add(step);
    }
  }
  return [...moved].sort();
}

type Row = readonly [string, Field<unknown>, (situation: Situation) => Situation];

function rowsOf(
  label: string,
  fields: Readonly<Record<string, Field<unknown>>>,
  others: object,
  change: (situation: Situation, fields: object) => Situation,
): Row[] {
  return Object.entries(fields).map(([name, field]): Row => {
    const value = (others as Record<string, unknown>)[name];
    return [`${label}.${name}`, field, (situation) => change(situation, { [name]: value })];
  });
}

const ofPart =
  (part: Part) =>
  (situation: Situation, fields: object): Situation =>
    withPart(situation, part, fields);

const ROWS: readonly Row[] = [
  ...rowsOf("estimator", ESTIMATOR_FIELDS, OTHER_ESTIMATOR, ofPart("estimator")),
  ...rowsOf("synthesis", SYNTHESIS_FIELDS, OTHER_SYNTHESIS, ofPart("synthesis")),
  ...rowsOf("training", TRAINING_FIELDS, OTHER_TRAINING, ofPart("training")),
  ...rowsOf("inference", INFERENCE_FIELDS, OTHER_INFERENCE, ofPart("inference")),
  ...rowsOf("teacher", TEACHER_FIELDS, OTHER_SERVER, ofPart("teacher")),
  ...rowsOf("demonstrations", DEMONSTRATION_FIELDS, OTHER_DEMONSTRATIONS, ofPart("demonstrations")),
  ...rowsOf("plan.sampler", SAMPLER_FIELDS, OTHER_SERVER, (situation, fields) => {
    const { plan } = situation;
    return plan.sampler
      ? { ...situation, plan: { ...plan, sampler: { ...plan.sampler, ...fields } } }
      : situation;
  }),
  ...rowsOf("plan", PLAN_FIELDS, OTHER_PLAN, (situation, fields) => ({
    ...situation,
    plan: { ...situation.plan, ...fields },
  })),
];

describe("a field that is declared", () => {
  test.each(ROWS)("%s enters exactly the keys that it says", async (_, field, change) => {
    expect(await stepsMovedBy(change)).toEqual(Object.keys(field.keys).sort());
  });

  test.each([
    ...ROWS.map(([name, field]) => [name, field] as const),
    ...Object.entries<Field<unknown>>(VARIANT_FIELDS),
    ...Object.entries<Field<unknown>>(CONFIG_FIELDS),
  ])("%s says why, if it enters none", (_, { keys, because }) => {
    expect(because === undefined).toBe(Object.keys(keys).length > 0);
  });
});

describe("the config hash", () => {
  const split = { name: "other", format: "openai-jsonl", path: "a" };
  const demonstrations = CONFIG_DEFAULTS.demonstrations;
  const config: ResolvedConfig = {
    ...{ sweep: "s", model: "tiny", candidateOrder: "given", prompt: "compact", seeds: [0] },
    datasets: [{ name: "d", format: "openai-jsonl", path: "a", calibration: 0 }],
    variants: [{ ...BASE.variant, teacher: TEACHER, split, demonstrations }],
    ...{ sampler: SAMPLER, allowGold: false, run: CONFIG_DEFAULTS.run },
  };
  const hash = (changed: ResolvedConfig): string =>
    hashIdentity(
      identifySweep(changed, {
        ...{ modelFingerprint: changed.model, promptHash: "p", scorerVersion: "1" },
        datasets: { d: { contentHash: "c", records: 9 } },
      }),
    );
  const withVariant = (fields: object): ResolvedConfig => ({
    ...config,
    variants: [{ ...config.variants[0]!, ...fields }],
  });

  test.each(ROWS.filter(([name]) => !name.startsWith("plan")))(
    "moves with %s if the field says so",
    (name, field, change) => {
      const [variant] = config.variants;
      const changed = change({ plan: BASE.plan, variant: variant! }).variant;
      expect(hash(withVariant(changed)) !== hash(config), name).toBe(field.hash);
    },
  );

  const otherVariant: Others<VariantSpec> = {
    ...{ name: "w", method: "tt-d", tau: 0.5, selection: "all" },
    estimator: OTHER_ESTIMATOR,
    gathers: [OTHER_ESTIMATOR],
    synthesis: OTHER_SYNTHESIS,
    training: OTHER_TRAINING,
    inference: OTHER_INFERENCE,
    teacher: OTHER_SERVER,
    split: { ...split, name: "another" },
    demonstrations: OTHER_DEMONSTRATIONS,
  };

  test.each(Object.entries<Field<unknown>>(VARIANT_FIELDS).filter(([name]) => name !== "name"))(
    "moves with a variant's %s if the field says so",
    (name, field) => {
      const changed = withVariant({ [name]: otherVariant[name as keyof VariantSpec] });
      expect(hash(changed) !== hash(config)).toBe(field.hash);
    },
  );

  const otherConfig: Others<ResolvedConfig> = {
    ...{ sweep: "t", model: "other", candidateOrder: "shuffled", prompt: "paper", seeds: [0, 1] },
    ...{ format: "list", nameClosing: "mass", refusals: "empty-list", dtype: "any" },
    datasets: [{ ...config.datasets[0]!, limit: 3 }],
    variants: [{ ...config.variants[0]!, method: "tt-d" }],
    sampler: OTHER_SERVER,
    ...{ allowGold: true, experiment: "table-1", run: { ...config.run, partitions: 9 } },
    serve: { variant: "v" },
  };

  test.each(Object.entries<Field<unknown>>(CONFIG_FIELDS))(
    "moves with the config's %s if the field says so",
    (name, field) => {
      const changed = { ...config, [name]: otherConfig[name as keyof ResolvedConfig] };
      expect(hash(changed) !== hash(config)).toBe(field.hash);
    },
  );

  test.each(Object.entries<Field<unknown>>(SAMPLER_FIELDS))(
    "moves with the sampler's %s if the field says so",
    (name, field) => {
      const sampler = { ...SAMPLER, [name]: OTHER_SERVER[name as keyof ServerSpec] };
      expect(hash({ ...config, sampler }) !== hash(config)).toBe(field.hash);
    },
  );
});

/** How each field of an activity's input enters the key of what it computes; the compiler wants every field. */
type Entry =
  /** A part whose fields are declared and tested above. */
  | "declared"
  /** Enters as it is, or by its content. */
  | "itself"
  /** By its sample, data set and seed. */
  | "sample and seed"
  /** The rest of the key determines it. */
  | "determined"
  /** Applied to the stored value each time. */
  | "afterwards"
  /** What the step looks up, not what it computes. */
  | "question";

const INPUTS: {
  readonly scoreUncertainty: Record<keyof ScoreUncertaintyInput, Entry>;
  readonly synthesize: Record<keyof SynthesizeInput, Entry>;
  readonly trainAdapter: Record<keyof TrainAdapterInput, Entry>;
  readonly measureHeldBack: Record<keyof MeasureHeldBackInput, Entry>;
  readonly infer: Record<keyof InferInput, Entry>;
  readonly recallSteps: Record<keyof RecallStepsInput, Entry>;
  readonly gatherExamples: Record<keyof GatherExamplesInput, Entry>;
} = {
  scoreUncertainty: {
    ...{ unit: "sample and seed", plan: "declared", estimator: "declared", tau: "afterwards" },
    // Of the answers that are read.
    ...{ gathers: "declared", inference: "declared" },
  },
  synthesize: {
    ...{ unit: "sample and seed", plan: "declared", synthesis: "declared", inference: "declared" },
    ...{ estimator: "declared", teacher: "declared", seedCalls: "determined" },
    ...{ revealedCalls: "itself", k: "itself", siblings: "itself" },
  },
  trainAdapter: {
    ...{ unit: "sample and seed", plan: "declared", training: "declared", pairs: "itself" },
    // Of the answer that is looked for.
    inference: "declared",
  },
  measureHeldBack: {
    ...{ unit: "sample and seed", plan: "declared", training: "declared" },
    ...{ pairs: "itself", heldBack: "itself" },
  },
  infer: {
    ...{ unit: "sample and seed", plan: "declared", inference: "declared" },
    ...{ adapter: "itself", forcedName: "itself", examples: "itself" },
  },
  recallSteps: {
    ...{ unit: "sample and seed", plan: "declared", variant: "declared" },
    ...{ tau: "afterwards", wanted: "question" },
  },
  // Stores nothing: what it gives is in the keys of the steps that take it.
  gatherExamples: { unit: "sample and seed", plan: "declared", variant: "declared" },
};

describe("an input that enters a key as it is", () => {
  test("moves that key", async () => {
    const context = await loadStepContext(store, { unit: makeUnit(0), plan: BASE.plan });
    const { synthesis, inference, estimator, training } = BASE.variant;
    const origin = { synthesis: { ...synthesis, draws: 2 }, inference, estimator };
    const other = { ...PAIR, instruction: "b" };
    const set = (...pairs: SyntheticPair[]) => ({
      ...{ pairs, samples: pairs.map(() => context.sample) },
    });
    const keys: Record<string, readonly [string, string]> = {
      "synthesize.revealedCalls": [
        synthesisKey(context, origin, 0),
        synthesisKey(context, { ...origin, revealedCalls: [] }, 0),
      ],
      "synthesize.k": [synthesisKey(context, origin, 0), synthesisKey(context, origin, 1)],
      "synthesize.siblings": [
        synthesisKey(context, origin, 0),
        synthesisKey(context, { ...origin, siblings: [PAIR] }, 0),
      ],
      "trainAdapter.pairs": [
        trainingKey(context, set(PAIR), training),
        trainingKey(context, set(other), training),
      ],
      "measureHeldBack.pairs": [
        heldBackKey(context, set(), training, PAIR),
        heldBackKey(context, set(PAIR), training, PAIR),
      ],
      "measureHeldBack.heldBack": [
        heldBackKey(context, set(), training, PAIR),
        heldBackKey(context, set(), training, other),
      ],
      "infer.adapter": [
        answerKey(context, inference, {}),
        answerKey(context, inference, { trainingKey: "t" }),
      ],
      "infer.forcedName": [
        answerKey(context, inference, {}),
        answerKey(context, inference, { forcedName: "a" }),
      ],
      "infer.examples": [
        answerKey(context, inference, {}),
        answerKey(context, inference, { examples: [PAIR] }),
      ],
    };
    const named = Object.entries(INPUTS).flatMap(([step, fields]) =>
      Object.entries(fields).flatMap(([name, entry]) =>
        entry === "itself" ? [`${step}.${name}`] : [],
      ),
    );
    expect(Object.keys(keys).sort()).toEqual(named.sort());
    for (const [name, [before, after]] of Object.entries(keys)) {
      expect(after, name).not.toBe(before);
    }
  });
});
