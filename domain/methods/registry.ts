import type { EstimatorKind } from "../uncertainty/registry.js";

/** The properties of a method that code outside of workflows/methods/ reads. */
export interface MethodRecord {
  /** How it answers a sample: a cell of a table in docs/guides/configuration.md, in Markdown. */
  readonly summary: string;
  /**
   * "control": tables show it beside every method, because it shows how much of a gain needs less than the method;
   * "cheat": sees the test samples' gold, so it is an upper bound and refused without `allowGold`.
   */
  readonly role: "base" | "baseline" | "method" | "control" | "cheat";
  /**
   * What the method uses H for. "gate": its margin selects the samples that are adapted; "best": its best candidate;
   * "name": the best candidate of the estimator that `synthesis.name` sets, if it sets one.
   */
  readonly scores?: "gate" | "best" | "name";
  /** Estimator whose margin the gate uses instead of the variant's own, with the variant's parameters. */
  readonly gate?: EstimatorKind;
  /** Where a selected sample's pairs come from. */
  readonly pairs?: "own" | "teacher" | "other sample" | "varied gold" | "gold";
  /** Whether an adapter is trained for each sample, or one for the whole sweep. */
  readonly trains?: "per sample" | "per sweep";
  /** Labeled records of another split: all of them, or those that `demonstrations` selects. */
  readonly split?: "all" | "chosen";
  /** Fields that the method sets, regardless of the config. */
  readonly fixed?: {
    readonly synthesis?: {
      readonly examples?: 1;
      readonly grounding?: "substitute" | "identity";
    };
    readonly inference?: { readonly copy: true };
  };
}

/** Methods, controls and cheats (docs/method.md, section 6), in the order of lists. */
export const METHOD_RECORDS = {
  base: { summary: "the unchanged model", role: "base" },
  icl: {
    summary: "labeled records of another split, shown in context",
    ...{ role: "baseline", split: "chosen" },
  },
  sft: {
    summary: "an adapter trained once for the whole sweep on labeled records of another split",
    ...{ role: "baseline", split: "all", trains: "per sweep" },
  },
  "sft-ood": {
    summary: "as `sft`, on a few records of other tools",
    ...{ role: "baseline", split: "chosen", trains: "per sweep" },
  },
  "tt-si": {
    summary:
      "uncertain samples (H): an adapter trained (T) on K = `synthesis.examples` pairs that the model writes (G), then the answer (I); `selection` and `tau` say which samples are adapted",
    ...{ role: "method", scores: "gate", pairs: "own", trains: "per sample" },
  },
  "tt-d": {
    summary:
      "as `tt-si`, with pairs that a teacher writes: any OpenAI-compatible server, `gpt-5-mini` by default",
    ...{ role: "method", scores: "gate", pairs: "teacher", trains: "per sample" },
  },
  "tt-si-icl": {
    summary: "as `tt-si`, with pairs shown in context instead of trained on",
    ...{ role: "method", scores: "gate", pairs: "own" },
  },
  "argmax-name": {
    summary: "control: the base model's answer with H's best candidate as its tool; no training",
    ...{ role: "control", scores: "best" },
  },
  "copy-rule": {
    summary: "control: the base model's answer under the copy rule; no training",
    ...{ role: "control", scores: "name", fixed: { inference: { copy: true } } },
  },
  "identity-pair": {
    summary: "control: trained on the sample itself with the model's own answer; no synthesis",
    ...{ role: "control", scores: "gate", pairs: "own", trains: "per sample" },
    fixed: { synthesis: { examples: 1, grounding: "identity" } },
  },
  "shuffled-pair": {
    summary: "control: trained on another sample's pair",
    ...{ role: "control", scores: "gate", pairs: "other sample", trains: "per sample" },
  },
  "random-gate": {
    summary:
      "control: as `tt-si`, but chance selects the samples; `estimator: { kind: rss, rate: SHARE }` sets their share",
    ...{ role: "control", scores: "gate", gate: "random", pairs: "own", trains: "per sample" },
  },
  "oracle-pair": {
    summary: "cheat: trained on the sample's gold call with its values exchanged",
    ...{ role: "cheat", scores: "gate", pairs: "varied gold", trains: "per sample" },
    fixed: { synthesis: { grounding: "substitute" } },
  },
  "cheat-icl": { summary: "cheat: the sample's gold, shown in context", role: "cheat" },
  "cheat-sft": {
    summary: "cheat: one adapter trained on the test samples' gold",
    ...{ role: "cheat", trains: "per sweep" },
  },
  "cheat-ttt": {
    summary: "cheat: trained on the sample's gold",
    ...{ role: "cheat", scores: "gate", pairs: "gold", trains: "per sample" },
  },
} as const satisfies Readonly<Record<string, MethodRecord>>;

/** One way to answer a sample. */
export type Method = keyof typeof METHOD_RECORDS;

/** All methods, in the order of lists. */
export const METHODS = Object.keys(METHOD_RECORDS) as [Method, ...Method[]];

/** Returns the record of a method. */
export function describeMethod(method: Method): MethodRecord {
  return METHOD_RECORDS[method];
}
