import { canonicalJson } from "../domain/json/canonical.js";
import { findVariant } from "../domain/uncertainty/calibration.js";
import type { ResolvedConfig } from "../domain/config/config.js";
import { nameEstimator } from "../domain/grounding/name-estimator.js";
import { seedInference } from "../domain/grounding/seed-inference.js";
import { isSelective, trainsPerSample, usesSweepAdapter } from "../domain/methods/methods.js";
import type { PlannedUnit } from "../domain/units/unit.js";
import type { EstimatorSpec, VariantSpec } from "../domain/config/variant.js";

/** Model calls of one kind: how many at least, and at most. */
export interface CallEstimate {
  /** "teacher": pairs that another server writes (tt-d); all others go to the engine, or to the sampler. */
  readonly step: "score" | "synthesize" | "teacher" | "train" | "fine-tune" | "answer";
  readonly least: number;
  readonly most: number;
}

/**
 * How many model calls the units need. Equal computations of several variants count once, as they are
 * run once. Between least and most lies what only a run can tell: which samples are uncertain, and where an adaptive K
 * stops. A pass of the channel over a sample's tools counts as one score. Repeated synthesis attempts, and values
 * decoded again by the copy rule, are not counted.
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

/** Whether a computation is needed for certain. */
type Need = "always" | "maybe";

function countUnit(tallies: Tallies, unit: PlannedUnit, variant: VariantSpec): void {
  const { score, train, fineTune, answer } = tallies;
  const { method, inference, synthesis, training, selection, estimator } = variant;
  const sample = `${unit.dataset}/${unit.sampleKey}`;
  const draw = [sample, unit.seed];
  const base = canonicalJson([draw, inference]);
  const calibrates = unit.role === "calibration";
  if (usesSweepAdapter(method)) {
    const source = [variant.split ?? unit.dataset, variant.demonstrations ?? null];
    fineTune.always(canonicalJson([source, training, unit.seed]), 1);
  }
  if (calibrates || isSelective(method) || method === "argmax-name") {
    countScores(score, sample, "always", estimator);
  }
  if (method === "copy-rule") {
    countScores(score, sample, "always", nameEstimator(synthesis.name, estimator));
  }
  if (calibrates || method === "base") answer.always(base, 1);
  else if (!isSelective(method)) answer.always(canonicalJson([draw, method, variant]), 1);
  if (calibrates || !isSelective(method)) return;
  if (selection === "none") {
    answer.always(base, 1);
    return;
  }

  const need = selection === "all" ? "always" : "maybe";
  if (method !== "cheat-ttt") countPairs(tallies, draw, need, variant);
  // A grounded pair starts from the model's own answer, which the others of the sample share.
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
  const adapted = canonicalJson([source, method, training, inference]);
  const adaptive = training.adaptive && trainsPerSample(method);
  if (adaptive) countHeldBack(tallies, canonicalJson([source, training]), need, synthesis.examples);
  // Where the pair held back is predicted best without any other, the base model answers.
  const adapts = adaptive ? "maybe" : need;
  if (trainsPerSample(method)) train[adapts](adapted, 1);
  answer[adapts](adapted, 1);
  if (adapts === "maybe") answer.maybe(base, 1);
}

/** H's pass over a sample's names, and the channel's over its tools; none without an estimator. */
function countScores(
  score: Tally,
  sample: string,
  need: Need,
  estimator: EstimatorSpec | null,
): void {
  if (estimator === null) return;
  score[need](sample, 1);
  if (estimator.kind === "channel") score[need](`${sample}/channel`, 1);
}

/** Writing K pairs, each of several draws, with what judges them. */
function countPairs(
  { score, synthesize, teacher }: Tallies,
  draw: readonly unknown[],
  need: Need,
  variant: VariantSpec,
): void {
  const { examples, draws, grounding, verify } = variant.synthesis;
  // Substitution and identity ask no model.
  const written = grounding === "free" || grounding === "rewrite";
  const judged = (draws > 1 ? 1 : 0) + { none: 0, rss: 1, channel: 2 }[verify];
  const writer = variant.method === "tt-d" ? teacher : synthesize;
  for (let k = 0; k < examples; k += 1) {
    // How many pairs are wanted in all is left out: K = 2 begins as K = 1 does.
    const pair = canonicalJson([draw, sourceOf(variant, 0), k]);
    if (written) writer[need](pair, draws);
    if (judged > 0) score[need](pair, draws * judged);
  }
}

/** The losses of the pair held back: after none, one, ... K - 1 others; at least the first two. */
function countHeldBack({ score, train }: Tallies, key: string, need: Need, examples: number): void {
  for (let count = 0; count < examples; count += 1) {
    const step = count < 2 ? need : "maybe";
    score[step](`${key}/held-back/${count}`, 1);
    if (count > 0) train[step](`${key}/held-back/${count}`, 1);
  }
}

/** What determines a variant's pairs. */
function sourceOf(
  { method, synthesis, estimator, teacher }: VariantSpec,
  examples = synthesis.examples,
): readonly unknown[] {
  const named = synthesis.grounding === "free" ? null : nameEstimator(synthesis.name, estimator);
  return [
    method === "tt-si-icl" ? "tt-si" : method,
    { ...synthesis, examples },
    named && { kind: named.kind, weight: named.weight },
    teacher ?? null,
  ];
}

function isGrounded({ method, synthesis }: VariantSpec): boolean {
  return synthesis.grounding !== "free" && method !== "oracle-pair" && method !== "cheat-ttt";
}

/** Computations by what determines them, each with how many calls it takes. */
class Tally {
  readonly #least = new Map<string, number>();
  readonly #most = new Map<string, number>();

  /** A computation that is needed whatever the run shows. */
  always(key: string, calls: number): void {
    this.#least.set(key, calls);
    this.#most.set(key, calls);
  }

  /** A computation that the run may show to be needed. */
  maybe(key: string, calls: number): void {
    this.#most.set(key, calls);
  }

  get range(): { readonly least: number; readonly most: number } {
    const sum = (calls: ReadonlyMap<string, number>): number =>
      [...calls.values()].reduce((total, each) => total + each, 0);
    return { least: sum(this.#least), most: sum(this.#most) };
  }
}
