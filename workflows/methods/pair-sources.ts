import type { SyntheticPair } from "../../domain/units/trace.js";
import { gatherExamples } from "../steps/gather-examples.js";
import { synthesizePairs } from "../steps/synthesize-pairs.js";
import type { UnitRun } from "../unit-run.js";

/** Where a selected sample's pairs come from; null: none could be made, so the base model answers. */
export type PairSource = (run: UnitRun) => Promise<readonly SyntheticPair[] | null>;

/** G on the sample itself. */
export const ownPairs: PairSource = async (run) => {
  const { status, pairs } = await synthesizePairs(run, { seed: run.input.unit });
  return status === "ok" ? pairs : null;
};

/** G on another sample, the first partner for which it succeeds: how much of a gain is format only. */
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

/** The sample's gold call with its values exchanged, in query and call alike (cheat): an upper bound for grounded G. */
export const varyRevealedCall: PairSource = async (run) => {
  const [gold] = await gatherExamples(run);
  const { status, pairs } = await synthesizePairs(run, {
    seed: run.input.unit,
    revealedCalls: gold?.output ?? [],
  });
  return status === "ok" ? pairs : null;
};
