/** @typedef {import("./state.js").State} State */

/**
 * The filters that are set, in words: "variant tt-si, gained"; "" if none is.
 *
 * @param {State} state
 */
export function describeFilters(state) {
  const { sweep, dataset, variant, seed, outcome, certainty, flip, text } = state;
  return [
    sweep && `sweep ${sweep}`,
    dataset && `data set ${dataset}`,
    variant && `variant ${variant}`,
    seed && `seed ${seed}`,
    outcome,
    certainty,
    flip && (flip === "flipped" ? "flipped against base" : `${flip} against base`),
    text && `text "${text}"`,
  ]
    .filter(Boolean)
    .join(", ");
}
