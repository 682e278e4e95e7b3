import { describeEstimator } from "../domain/uncertainty/registry.js";
import { canonicalJson } from "../domain/json/canonical.js";
import { findVariant } from "../domain/uncertainty/calibration.js";
import type { ResolvedConfig } from "../domain/config/config.js";
import { nameEstimator } from "../domain/grounding/name-estimator.js";
import { seedInference } from "../domain/grounding/seed-inference.js";
import {
  isBase,
  isSelective,
  pairSource,
  trainsPerSample,
  usesSweepAdapter,
} from "../domain/methods/methods.js";
import { gateEstimator } from "../domain/methods/gate-estimator.js";
import { describeMethod } from "../domain/methods/registry.js";
import type { PlannedUnit } from "../domain/units/unit.js";
import type { EvidenceNeeds } from "../domain/uncertainty/evidence-needs.js";
import {
  greedyInference,
  needsOf,
  sampledInference,
} from "../domain/uncertainty/evidence-needs.js";
import type { EstimatorSpec, InferenceSpec, VariantSpec } from "../domain/config/variant.js";

/** Model calls of one kind: lower and upper bound. */
export interface CallEstimate {
  /**
   * "teacher": pairs written by another server (tt-d); all others go to the engine or the sampler.
   */
  readonly step: "score" | "synthesize" | "teacher" | "train" | "fine-tune" | "answer";
  readonly least: number;
  readonly most: number;
}

/**
 * Number of model calls that the units need. Computations shared by several variants count once,
 * because they run once. The bounds differ by what only a run can decide: which samples are
 * uncertain, and when an adaptive K stops. A noisy-channel scoring pass over a sample's tools
 * counts as one score. Repeated synthesis attempts, and values that the copy rule decodes again,
 * are not counted.
 */
export function estimateCalls(
  config: ResolvedConfig,
  units: readonly PlannedUnit[],
): CallEstimate[] {
  const tallies: Tallies = {
    score: new Tally(),
    synthesize: new Tally(),
    teacher: new Tally(),
    train: new Tally(),
    fineTune: new Tally(),
    answer: new Tally(),
  };
  for (const unit of units) {
    const variant = findVariant(config, unit.variant);
    if (variant !== null) countUnit(tallies, unit, variant);
  }
  const { score, synthesize, teacher, train, fineTune, answer } = tallies;
  return [
    { step: "score", ...score.range },
    { step: "synthesize", ...synthesize.range },
    ...(teacher.range.most > 0 ? [{ step: "teacher" as const, ...teacher.range }] : []),
    { step: "train", ...train.range },
    ...(fineTune.range.most > 0 ? [{ step: "fine-tune" as const, ...fineTune.range }] : []),
    { step: "answer", ...answer.range },
  ];
}

type Tallies = Readonly<
  Record<"score" | "synthesize" | "teacher" | "train" | "fineTune" | "answer", Tally>
>;

/** Whether a computation is certainly needed. */
type Need = "always" | "maybe";

function countUnit(tallies: Tallies, unit: PlannedUnit, variant: VariantSpec): void {
  const { score, train, fineTune, answer } = tallies;
  const { method, inference, synthesis, training, selection, estimator } = variant;
  const { scores, pairs } = describeMethod(method);
  const sample = `${unit.dataset}/${unit.sampleKey}`;
  const draw = [sample, unit.seed] as const;
  const base = canonicalJson([draw, inference]);
  const calibrates = unit.role === "calibration";
  if (usesSweepAdapter(method)) {
    const source = [variant.split ?? unit.dataset, variant.demonstrations ?? null];
    fineTune.always(canonicalJson([source, training, unit.seed]), 1);
  }
  if (calibrates || scores === "gate" || scores === "best") {
    const judges = [gateEstimator(variant), ...(variant.gathers ?? [])];
    judges.forEach((each) => {
      countScores(score, sample, "always", each);
    });
    countAnswers(tallies, draw, needsOf(judges), inference);
  }
  if (scores === "name") {
    countScores(score, sample, "always", nameEstimator(synthesis.name, estimator));
  }
  if (calibrates || isBase(method)) answer.always(base, 1);
  else if (!isSelective(method)) answer.always(canonicalJson([draw, method, variant]), 1);
  if (calibrates || !isSelective(method)) return;
  if (selection === "none") {
    answer.always(base, 1);
    return;
  }

  const need = selection === "all" ? "always" : "maybe";
  if (pairs !== "gold") countPairs(tallies, draw, need, variant);
  // A grounded pair starts from the model's own answer, which the sample's other pairs share.
  if (isGrounded(variant)) {
    const named = nameEstimator(synthesis.name, estimator);
    countScores(score, sample, need, named);
    const seed = [
      draw,
      "seed",
      seedInference(inference),
      named?.kind ?? null,
      named?.weight ?? null,
    ];
    answer[need](canonicalJson(seed), 1);
  }
  const source = [draw, sourceOf(variant)];
  // Trained on, or shown: the same pairs give another answer.
  const adapted = canonicalJson([source, trainsPerSample(method), training, inference]);
  const adaptive = training.adaptive && trainsPerSample(method);
  if (adaptive) countHeldBack(tallies, canonicalJson([source, training]), need, synthesis.examples);
  // If the held-out pair is predicted best without training on any other, the base model answers.
  const adapts = adaptive ? "maybe" : need;
  if (trainsPerSample(method)) train[adapts](adapted, 1);
  answer[adapts](adapted, 1);
  if (adapts === "maybe") answer.maybe(base, 1);
}

/**
 * H's pass over a sample's names, and the noisy-channel scoring pass over its tools; none without
 * an estimator.
 */
function countScores(
  score: Tally,
  sample: string,
  need: Need,
  estimator: EstimatorSpec | null,
): void {
  if (estimator === null) return;
  score[need](sample, 1);
  if (describeEstimator(estimator.kind).readsQueries) score[need](`${sample}/channel`, 1);
}

/** The model's own answers that H's estimators read, which units that answer so share. */
function countAnswers(
  { score, answer }: Tallies,
  draw: readonly [sample: string, seed: number],
  { tokens, samples }: EvidenceNeeds,
  inference: InferenceSpec,
): void {
  if (tokens) {
    answer.always(canonicalJson([draw, greedyInference(inference)]), 1);
    score.always(`${draw[0]}/tokens`, 1);
  }
  for (const count of samples) {
    answer.always(canonicalJson([draw, sampledInference(inference, count)]), 1);
  }
}

/** Writes K pairs, each from several draws, and judges them. */
function countPairs(
  { score, synthesize, teacher }: Tallies,
  draw: readonly unknown[],
  need: Need,
  variant: VariantSpec,
): void {
  const { examples, draws, grounding, verify } = variant.synthesis;
  // Substitution and identity call no model.
  const written = grounding === "free" || grounding === "rewrite";
  const judged = (draws > 1 ? 1 : 0) + { none: 0, rss: 1, channel: 2 }[verify];
  const writer = pairSource(variant.method) === "teacher" ? teacher : synthesize;
  for (let k = 0; k < examples; k += 1) {
    // K is not part of the key: the first pair of K = 2 is the pair of K = 1.
    const pair = canonicalJson([draw, sourceOf(variant, 0), k]);
    if (written) writer[need](pair, draws);
    if (judged > 0) score[need](pair, draws * judged);
  }
}

/** Losses of the held-out pair after training on 0, 1, ... K - 1 others; at least the first two. */
function countHeldBack({ score, train }: Tallies, key: string, need: Need, examples: number): void {
  for (let count = 0; count < examples; count += 1) {
    const step = count < 2 ? need : "maybe";
    score[step](`${key}/held-back/${count}`, 1);
    if (count > 0) train[step](`${key}/held-back/${count}`, 1);
  }
}

/** Everything that determines a variant's pairs. */
function sourceOf(
  { method, synthesis, estimator, teacher }: VariantSpec,
  examples = synthesis.examples,
): readonly unknown[] {
  const named = synthesis.grounding === "free" ? null : nameEstimator(synthesis.name, estimator);
  return [
    pairSource(method),
    { ...synthesis, examples },
    named && { kind: named.kind, weight: named.weight },
    teacher ?? null,
  ];
}

function isGrounded({ method, synthesis }: VariantSpec): boolean {
  const source = pairSource(method);
  return synthesis.grounding !== "free" && source !== "varied gold" && source !== "gold";
}

/** Computations by key, each with its number of calls. */
class Tally {
  readonly #least = new Map<string, number>();
  readonly #most = new Map<string, number>();

  /** Adds a computation that is needed in any case. */
  always(key: string, calls: number): void {
    this.#least.set(key, calls);
    this.#most.set(key, calls);
  }

  /** Adds a computation that is needed only depending on the run. */
  maybe(key: string, calls: number): void {
    this.#most.set(key, calls);
  }

  get range(): { readonly least: number; readonly most: number } {
    const sum = (calls: ReadonlyMap<string, number>): number =>
      [...calls.values()].reduce((total, each) => total + each, 0);
    return { least: sum(this.#least), most: sum(this.#most) };
  }
}
