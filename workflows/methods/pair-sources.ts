import type { SyntheticPair } from "../../domain/units/trace.js";
import { gatherExamples } from "../steps/gather-examples.js";
import { synthesizePairs } from "../steps/synthesize-pairs.js";
import type { UnitRun } from "../unit-run.js";

/** Source of a selected sample's pairs; null if none could be made, so that the base model answers. */
export type PairSource = (run: UnitRun) => Promise<readonly SyntheticPair[] | null>;

/** G on the sample itself. */
export const ownPairs: PairSource = async (run) => {
  const { status, pairs } = await synthesizePairs(run, { seed: run.input.unit });
  return status === "ok" ? pairs : null;
};

/** G on the first partner sample for which it succeeds; shows how much of a gain is only format. */
export const partnerPairs: PairSource = async (run) => {
  const { unit, partners = [] } = run.input;
  for (const sampleKey of partners) {
    const { status, pairs } = await synthesizePairs(run, { seed: { ...unit, sampleKey } });
    if (status === "ok") {
      return pairs.map((pair) => ({ ...pair, from: { dataset: unit.dataset, sampleKey } }));
    }
  }
  return null;
};

/** The sample's own gold (cheat). */
export const revealedPairs: PairSource = gatherExamples;

/** The sample's gold call with new values in both query and call (cheat): an upper bound for grounded G. */
export const varyRevealedCall: PairSource = async (run) => {
  const [gold] = await gatherExamples(run);
  const { status, pairs } = await synthesizePairs(run, {
    seed: run.input.unit,
    revealedCalls: gold?.output ?? [],
  });
  return status === "ok" ? pairs : null;
};
