import { canonicalJson } from "../domain/canonical-json.js";
import { findVariant } from "../domain/calibration.js";
import type { ResolvedConfig } from "../domain/config.js";
import type { PlannedUnit } from "../domain/unit.js";

/** Engine calls of one kind: how many at least, and at most. */
export interface CallEstimate {
  readonly step: "score" | "synthesize" | "train" | "answer";
  readonly least: number;
  readonly most: number;
}

/**
 * How many engine calls the units need. Equal computations of several variants count once, as they are
 * run once. Between least and most lies what only a run can tell: which samples are uncertain. Repeated
 * synthesis attempts are not counted.
 */
export function estimateCalls(
  config: ResolvedConfig,
  units: readonly PlannedUnit[],
): CallEstimate[] {
  const scored = new Set<string>();
  const baseAnswers = { least: new Set<string>(), most: new Set<string>() };
  const forcedAnswers = new Set<string>();
  const adapted = { least: new Map<string, number>(), most: new Map<string, number>() };
  for (const unit of units) {
    const variant = findVariant(config, unit.variant);
    if (variant === null) continue;
    const sample = `${unit.dataset}/${unit.sampleKey}`;
    const { inference, synthesis, training } = variant;
    const answer = canonicalJson([sample, unit.seed, inference]);
    const adaptation = canonicalJson([sample, unit.seed, synthesis, training, inference]);
    const calibrates = unit.role === "calibration";
    if (variant.method !== "base" || calibrates) scored.add(sample);
    if (variant.method === "argmax-name") forcedAnswers.add(answer);
    if (variant.method === "base") {
      baseAnswers.least.add(answer);
      baseAnswers.most.add(answer);
    }
    if (variant.method === "tt-si") {
      adapted.most.set(adaptation, synthesis.examples);
      if (variant.selection === "all") adapted.least.set(adaptation, synthesis.examples);
      else baseAnswers.most.add(answer);
    }
  }
  const pairs = (map: ReadonlyMap<string, number>) =>
    [...map.values()].reduce((sum, examples) => sum + examples, 0);
  return [
    { step: "score", least: scored.size, most: scored.size },
    { step: "synthesize", least: pairs(adapted.least), most: pairs(adapted.most) },
    { step: "train", least: adapted.least.size, most: adapted.most.size },
    {
      step: "answer",
      least: baseAnswers.least.size + forcedAnswers.size + adapted.least.size,
      most: baseAnswers.most.size + forcedAnswers.size + adapted.most.size,
    },
  ];
}
