import { ActivityFailure, ApplicationFailure } from "@temporalio/workflow";
import type { SynthesisAttempt, SynthesisTrace, SyntheticPair } from "../../domain/trace.js";
import { SYNTHESIS_EXHAUSTED } from "../failure-types.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";

/**
 * G: writes K synthetic pairs, one after the other, because each must differ from its siblings (section
 * 3.2). The first pair whose attempts are used up ends it with status "exhausted".
 */
export async function synthesizePairs(run: UnitRun): Promise<SynthesisTrace> {
  const { unit, variant, plan } = run.input;
  const { synthesize } = sharedGpuSteps(plan);
  const pairs: SyntheticPair[] = [];
  const attempts: SynthesisAttempt[] = [];
  for (let k = 0; k < variant.synthesis.examples; k += 1) {
    const summary = `synthesize pair ${k + 1} of ${variant.synthesis.examples}`;
    const known = run.recalled.pairs?.[k];
    if (known === undefined && run.recalled.exhausted) {
      return endExhausted(run, pairs, [...attempts, ...run.recalled.exhausted]);
    }
    try {
      const result =
        known ??
        (await synthesize.executeWithOptions({ summary }, [
          { unit, plan, synthesis: variant.synthesis, k, siblings: pairs },
        ]));
      pairs.push(result.pair);
      attempts.push(...result.attempts);
      run.note({ synthesis: { status: "ok", pairs, attempts } }, result.timing);
    } catch (error) {
      return endExhausted(run, pairs, [...attempts, ...attemptsWhenExhausted(error)]);
    }
  }
  return { status: "ok", pairs, attempts };
}

function endExhausted(
  run: UnitRun,
  pairs: readonly SyntheticPair[],
  attempts: readonly SynthesisAttempt[],
): SynthesisTrace {
  const synthesis: SynthesisTrace = { status: "exhausted", pairs, attempts };
  run.note({ synthesis });
  return synthesis;
}

/** The attempts that used up a pair; every other error is thrown on. */
function attemptsWhenExhausted(error: unknown): readonly SynthesisAttempt[] {
  if (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === SYNTHESIS_EXHAUSTED
  ) {
    return (error.cause.details?.[0] ?? []) as readonly SynthesisAttempt[];
  }
  throw error;
}
