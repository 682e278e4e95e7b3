import { ActivityFailure, ApplicationFailure } from "@temporalio/workflow";
import type { SynthesizeResult } from "../../contracts/steps/synthesize.js";
import type { ToolCall } from "../../domain/samples/tool-call.js";
import type {
  StepTiming,
  SynthesisAttempt,
  SynthesisTrace,
  SyntheticPair,
} from "../../domain/units/trace.js";
import type { PlannedUnit } from "../../domain/units/unit.js";
import { SYNTHESIS_EXHAUSTED } from "../../contracts/failure-types.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";
import { groundSeed } from "./ground-seed.js";

/** The input that pairs are made from. */
export interface SynthesisSource {
  /** The sample to vary: the unit's own, or another sample for a control. */
  readonly seed: PlannedUnit;
  /** Gold calls to vary instead of the model's own (cheat). */
  readonly revealedCalls?: readonly ToolCall[];
}

/**
 * G: synthesizes K pairs one after the other, because each must differ from the earlier ones (section 3.2). If a pair
 * has several draws, keeps the one that the model itself scores best. Stops with status "exhausted" at the first
 * pair that uses up its attempts.
 */
export async function synthesizePairs(
  run: UnitRun,
  source: SynthesisSource,
): Promise<SynthesisTrace> {
  const { examples } = run.input.variant.synthesis;
  const pairs: SyntheticPair[] = [];
  const attempts: SynthesisAttempt[] = [];
  const recalled = source.seed.sampleKey === run.input.unit.sampleKey && !source.revealedCalls;
  let seedCalls: readonly ToolCall[] | undefined;
  const finish = (status: SynthesisTrace["status"]): SynthesisTrace => {
    const usage = addUsage(attempts);
    const synthesis = { status, pairs, attempts, ...(usage ? { usage } : {}) };
    run.note({ synthesis });
    return synthesis;
  };
  for (let k = 0; k < examples; k += 1) {
    const known = recalled ? run.recalled.pairs?.[k] : undefined;
    if (known) {
      pairs.push(known.pair);
      attempts.push(...known.attempts);
      run.note({ synthesis: { status: "ok", pairs, attempts } }, known.timing);
      continue;
    }
    if (recalled && run.recalled.exhausted) {
      attempts.push(...run.recalled.exhausted);
      run.note({}, run.recalled.exhaustedTiming);
      return finish("exhausted");
    }
    if (run.input.variant.synthesis.grounding !== "free" && !source.revealedCalls) {
      seedCalls ??= await groundSeed(run, source.seed);
    }
    const drawn = await drawPair(run, { ...source, ...(seedCalls && { seedCalls }) }, k, pairs);
    attempts.push(...drawn.attempts);
    if (drawn.pair === null) return finish("exhausted");
    pairs.push(drawn.pair);
    run.note({ synthesis: { status: "ok", pairs, attempts } });
  }
  return finish("ok");
}

/** Returns the best of a pair's draws, or null if every draw used up its attempts. */
async function drawPair(
  run: UnitRun,
  {
    seed,
    seedCalls,
    revealedCalls,
  }: SynthesisSource & { readonly seedCalls?: readonly ToolCall[] },
  k: number,
  siblings: readonly SyntheticPair[],
): Promise<{
  pair: SyntheticPair | null;
  attempts: readonly SynthesisAttempt[];
}> {
  const { variant, plan } = run.input;
  const { examples, draws } = variant.synthesis;
  const { synthesize } = sharedGpuSteps(plan);
  const results: SynthesizeResult[] = [];
  const attempts: SynthesisAttempt[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const which = draws === 1 ? "" : `, draw ${draw + 1} of ${draws}`;
    try {
      const result = await synthesize.executeWithOptions(
        { summary: run.label(`synthesize pair ${k + 1} of ${examples}${which}`) },
        [
          {
            unit: seed,
            plan,
            synthesis: variant.synthesis,
            inference: variant.inference,
            estimator: variant.estimator,
            ...(variant.teacher ? { teacher: variant.teacher } : {}),
            ...(seedCalls && { seedCalls }),
            ...(revealedCalls && { revealedCalls }),
            k: k * draws + draw,
            siblings,
          },
        ],
      );
      results.push(result);
      attempts.push(...result.attempts);
      run.note({}, result.timing);
    } catch (error) {
      const [failed, timing] = detailsWhenExhausted(error);
      attempts.push(...failed);
      run.note({}, timing);
    }
  }
  const [best] = [...results].sort((a, b) => (b.ownScore ?? 0) - (a.ownScore ?? 0));
  return { pair: best?.pair ?? null, attempts };
}

function addUsage(attempts: readonly SynthesisAttempt[]): SynthesisTrace["usage"] {
  const counted = attempts.flatMap(({ usage }) => usage ?? []);
  if (counted.length === 0) return undefined;
  const sum = (count: (usage: (typeof counted)[number]) => number): number =>
    counted.reduce((total, usage) => total + count(usage), 0);
  const priced = counted.every(({ costUsd }) => costUsd !== undefined);
  return {
    promptTokens: sum(({ promptTokens }) => promptTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    ...(priced ? { costUsd: sum(({ costUsd }) => costUsd ?? 0) } : {}),
  };
}

/** The attempts at an exhausted pair and their timing, which earlier versions left out. Rethrows any other error. */
function detailsWhenExhausted(error: unknown): readonly [readonly SynthesisAttempt[], StepTiming?] {
  if (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === SYNTHESIS_EXHAUSTED
  ) {
    const [attempts = [], timing] = (error.cause.details ?? []) as [
      (readonly SynthesisAttempt[])?,
      StepTiming?,
    ];
    return timing ? [attempts, timing] : [attempts];
  }
  throw error;
}
