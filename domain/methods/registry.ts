/** Everything that the rest of the system needs to know of a method besides how workflows/methods/ answers with it. */
export interface MethodRecord {
  /** How it answers a sample: a cell of a table in docs/guides/configuration.md, in Markdown. */
  readonly summary: string;
  /**
   * "control": stands beside every method's figure and shows how much of a gain needs less than the method; "cheat": sees
   * the test samples' gold, so it is an upper bound and refused without `allowGold`.
   */
  readonly role: "base" | "baseline" | "method" | "control" | "cheat";
  /**
   * What H is asked for. "gate": its margin selects the samples that are adapted, so there is a threshold; "best": its best
   * candidate; "name": the best candidate of the estimator that `synthesis.name` asks for, if it asks for one.
   */
  readonly scores?: "gate" | "best" | "name";
  /** What the gate goes by instead of the margin of the variant's estimator: a draw, below the estimator's `rate`. */
  readonly gate?: "chance";
  /** Where a selected sample's pairs come from. */
  readonly pairs?: "own" | "teacher" | "other sample" | "varied gold" | "gold";
  /** What is trained, and for how many samples it answers. */
  readonly trains?: "per sample" | "per sweep";
  /** Labelled records of another split: all of them, or those that `demonstrations` choose. */
  readonly split?: "all" | "chosen";
  /** Fields that the method sets itself, whatever a config says. */
  readonly fixed?: {
    readonly synthesis?: {
      readonly examples?: 1;
      readonly grounding?: "substitute" | "identity";
    };
    readonly inference?: { readonly copy: true };
  };
}

/** Methods, controls and cheats (specification, section 6), in the order of lists. A new one begins here. */
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
      "H; uncertain: G, T, I, reset (`selection: all`, `certain`, `none`; K by `synthesis.examples`; `tau: auto`)",
    ...{ role: "method", scores: "gate", pairs: "own", trains: "per sample" },
  },
  "tt-d": {
    summary:
      "as `tt-si`, with pairs written by a teacher: any OpenAI-compatible server, `gpt-5-mini` by default",
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
      "control: as `tt-si`, but chance selects the samples, a share as large as `estimator: { kind: rss, rate: SHARE }` says",
    ...{ role: "control", scores: "gate", gate: "chance", pairs: "own", trains: "per sample" },
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

/** What there is to know of a method. */
export function describeMethod(method: Method): MethodRecord {
  return METHOD_RECORDS[method];
}
