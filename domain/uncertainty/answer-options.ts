/** How the tokens of a part of an answer count together: by their mean log-probability, or by its sum. */
export const AGGREGATES = ["mean", "sum"] as const;

/** One of `AGGREGATES`. */
export type Aggregate = (typeof AGGREGATES)[number];

/** What call-likelihood and argument-likelihood take if a config names nothing. */
export const DEFAULT_AGGREGATE: Aggregate = "mean";

/** How many answers `agreement` compares if a config names nothing: as many as Table 1's majority. */
export const DEFAULT_SAMPLES = 5;
