import { canonicalJson } from "../domain/canonical-json.js";
import { findVariant } from "../domain/calibration.js";
import type { ResolvedConfig } from "../domain/config.js";
import { isSelective, trainsPerSample, usesSweepAdapter } from "../domain/methods.js";
import type { PlannedUnit } from "../domain/unit.js";
import type { VariantSpec } from "../domain/variant.js";

/** Engine calls of one kind: how many at least, and at most. */
export interface CallEstimate {
  readonly step: "score" | "synthesize" | "train" | "fine-tune" | "answer";
  readonly least: number;
  readonly most: number;
}

/**
 * How many engine calls the units need. Equal computations of several variants count once, as they are
 * run once. Between least and most lies what only a run can tell: which samples are uncertain. Repeated
 * synthesis attempts, and values decoded again by the copy rule, are not counted.
 */
export function estimateCalls(
  config: ResolvedConfig,
  units: readonly PlannedUnit[],
): CallEstimate[] {
  const score = new Tally();
  const synthesize = new Tally();
  const train = new Tally();
  const fineTune = new Tally();
  const answer = new Tally();
  for (const unit of units) {
    const variant = findVariant(config, unit.variant);
    if (variant === null) continue;
    const { method, inference, synthesis, training, selection } = variant;
    const sample = `${unit.dataset}/${unit.sampleKey}`;
    const draw = [sample, unit.seed];
    const base = canonicalJson([draw, inference]);
    const calibrates = unit.role === "calibration";
    if (usesSweepAdapter(method)) {
      const source = [variant.split ?? unit.dataset, variant.demonstrations ?? null];
      fineTune.always(canonicalJson([source, training, unit.seed]), 1);
    }
    if (calibrates || isSelective(method) || method === "argmax-name") score.always(sample, 1);
    if (calibrates || method === "base") answer.always(base, 1);
    else if (!isSelective(method)) answer.always(canonicalJson([draw, method, variant]), 1);
    if (calibrates || !isSelective(method)) continue;
    if (selection === "none") {
      answer.always(base, 1);
      continue;
    }

    const source = [
      draw,
      method === "tt-si-icl" ? "tt-si" : method,
      synthesis,
      variant.teacher ?? null,
    ];
    const adapted = canonicalJson([source, method, training, inference]);
    const count = selection === "all" ? "always" : "maybe";
    if (method !== "cheat-ttt") synthesize[count](canonicalJson(source), synthesis.examples);
    // A grounded pair starts from the model's own answer, which the others of the sample share.
    if (isGrounded(variant)) answer[count](canonicalJson([draw, "seed", synthesis.name]), 1);
    if (trainsPerSample(method)) train[count](adapted, 1);
    answer[count](adapted, 1);
    if (selection !== "all") answer.maybe(base, 1);
  }
  return [
    { step: "score", ...score.range },
    { step: "synthesize", ...synthesize.range },
    { step: "train", ...train.range },
    ...(fineTune.range.most > 0 ? [{ step: "fine-tune" as const, ...fineTune.range }] : []),
    { step: "answer", ...answer.range },
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
