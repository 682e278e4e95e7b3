import type { SyntheticPair } from "../../domain/units/trace.js";
import { sharedGpuSteps } from "../gpu-steps.js";
import type { UnitRun } from "../unit-run.js";

/**
 * Adaptive K: holds out the last pair, adds the others one by one, and stops when the loss on the held-out pair no
 * longer falls. Returns the pairs to train on, or none if the base model predicts the held-out pair best.
 */
export async function choosePairs(
  run: UnitRun,
  pairs: readonly SyntheticPair[],
): Promise<readonly SyntheticPair[]> {
  const { unit, variant, plan } = run.input;
  const training = { ...variant.training, adaptive: false };
  const heldBack = pairs.at(-1);
  if (heldBack === undefined) return [];
  const heldBackLosses: number[] = [];
  for (let count = 0; count < pairs.length; count += 1) {
    const { loss, timing } = await sharedGpuSteps(plan).measureHeldBack.executeWithOptions(
      { summary: run.label(`loss on the held-out pair after training on ${count} others`) },
      [{ unit, plan, training, pairs: pairs.slice(0, count), heldBack }],
    );
    const falls = loss < (heldBackLosses.at(-1) ?? Number.POSITIVE_INFINITY);
    heldBackLosses.push(loss);
    run.note({ heldBackLosses }, timing);
    if (!falls) return pairs.slice(0, count - 1);
  }
  return pairs.slice(0, -1);
}
