import type { Method } from "../config/variant.js";

/** What the rest of the system needs to know of a method besides how it answers. */
interface MethodTraits {
  /** Scores the candidates and adapts the selected samples only: it has a threshold. */
  readonly selective?: true;
  /** Trains an adapter per sample. */
  readonly trains?: true;
  /** Stands beside every TT-SI figure: how much of a gain needs no synthesis, or no training. */
  readonly control?: true;
  /** Sees the test samples' gold: an upper bound, refused without `allowGold`. */
  readonly cheat?: true;
  /** Uses labelled records of another split. */
  readonly split?: true;
  /** Answers with one adapter trained for the whole sweep. */
  readonly sweepAdapter?: true;
}

const TRAITS: Readonly<Record<Method, MethodTraits>> = {
  base: {},
  icl: { split: true },
  sft: { split: true, sweepAdapter: true },
  "sft-ood": { split: true, sweepAdapter: true },
  "tt-si": { selective: true, trains: true },
  "tt-d": { selective: true, trains: true },
  "tt-si-icl": { selective: true },
  "argmax-name": { control: true },
  "copy-rule": { control: true },
  "identity-pair": { selective: true, trains: true, control: true },
  "shuffled-pair": { selective: true, trains: true, control: true },
  "oracle-pair": { selective: true, trains: true, cheat: true },
  "cheat-icl": { cheat: true },
  "cheat-sft": { cheat: true, sweepAdapter: true },
  "cheat-ttt": { selective: true, trains: true, cheat: true },
};

/** Whether the method scores candidates and adapts selected samples only. */
export function isSelective(method: Method): boolean {
  return TRAITS[method].selective === true;
}

/** Whether the method trains an adapter per sample. */
export function trainsPerSample(method: Method): boolean {
  return TRAITS[method].trains === true;
}

/** Whether the method is a control. */
export function isControl(method: Method): boolean {
  return TRAITS[method].control === true;
}

/** Whether the method sees the test samples' gold. */
export function isCheat(method: Method): boolean {
  return TRAITS[method].cheat === true;
}

/** Whether the method uses labelled records of another split. */
export function usesSplit(method: Method): boolean {
  return TRAITS[method].split === true;
}

/** Whether one adapter, trained before the samples, answers them all. */
export function usesSweepAdapter(method: Method): boolean {
  return TRAITS[method].sweepAdapter === true;
}
