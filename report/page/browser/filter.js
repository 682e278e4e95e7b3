/** @typedef {import("../page-model.js").PageIndex} PageIndex */
/** @typedef {import("./state.js").State} State */

/** Outcomes by position, as in the page's model. */
const OUTCOME_NAMES = ["failed", "unparsable", "wrong", "right"];

/**
 * Filters and sorts units.
 *
 * @param {PageIndex} index
 */
export function createFinder(index) {
  const { units, variants, samples, verdicts } = index;
  const sampleTexts = samples.map((sample) =>
    `${sample.dataset}/${sample.key} ${sample.query}`.toLowerCase(),
  );
  const verdictTexts = verdicts.map((verdict) => verdict.toLowerCase());
  const keyOf = (/** @type {number} */ unit) => {
    const variant = variants[units.variant[unit] ?? -1];
    const sample = samples[units.sample[unit] ?? -1];
    return [variant?.sweep, variant?.name, units.seed[unit], sample?.dataset, sample?.key].join(
      "/",
    );
  };
  const keys = new Map(units.variant.map((_, unit) => [keyOf(unit), unit]));

  return {
    /** The unit's key, as the command line prints it. */
    keyOf,
    /** @param {string} key */
    unitOf: (key) => keys.get(key),
    /**
     * Positions of the units that match the state's filters, in its sort order.
     *
     * @param {State} state
     * @returns {number[]}
     */
    find: (state) => {
      const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
      const textHits = samples.map((_, sample) =>
        words.every((word) => sampleTexts[sample]?.includes(word)),
      );
      const verdictHits = verdicts.map((_, verdict) =>
        words.every((word) => verdictTexts[verdict]?.includes(word)),
      );
      const found = [];
      for (let unit = 0; unit < units.variant.length; unit += 1) {
        const variant = variants[units.variant[unit] ?? -1];
        const sample = units.sample[unit] ?? -1;
        if (state.sweep !== "" && variant?.sweep !== state.sweep) continue;
        if (state.variant !== "" && variant?.name !== state.variant) continue;
        if (state.dataset !== "" && samples[sample]?.dataset !== state.dataset) continue;
        if (state.seed !== "" && String(units.seed[unit]) !== state.seed) continue;
        if (!matchesOutcome(state.outcome, units.outcome[unit] ?? 0)) continue;
        if (!matchesCertainty(state.certainty, unit)) continue;
        if (!matchesFlip(state.flip, units.flip[unit] ?? 0)) continue;
        if (words.length > 0 && !textHits[sample] && !verdictHits[units.verdict[unit] ?? -1]) {
          continue;
        }
        found.push(unit);
      }
      return sortUnits(found, state.sort);
    },
  };

  /**
   * @param {string} wanted
   * @param {number} unit
   */
  function matchesCertainty(wanted, unit) {
    if (wanted === "") return true;
    if (wanted === "adapted") return units.adapted[unit] === 1;
    return units.uncertain[unit] === (wanted === "uncertain" ? 1 : 0);
  }

  /**
   * @param {number[]} found
   * @param {string} sort
   */
  function sortUnits(found, sort) {
    const descending = sort.startsWith("-");
    const value = columnValue(sort.replace(/^-/, ""));
    const sign = descending ? -1 : 1;
    // Units without a value come last in either sort direction.
    return found.sort((left, right) => {
      const [first, second] = [value(left), value(right)];
      if (first === null || second === null) {
        return Number(first === null) - Number(second === null) || byVariant(left, right);
      }
      return sign * (first - second) || byVariant(left, right);
    });
  }

  /**
   * @param {number} left
   * @param {number} right
   */
  function byVariant(left, right) {
    return (units.variant[left] ?? 0) - (units.variant[right] ?? 0) || left - right;
  }

  /**
   * @param {string} column
   * @returns {(unit: number) => number | null}
   */
  function columnValue(column) {
    switch (column) {
      case "variant":
        return (unit) => units.variant[unit] ?? 0;
      case "seed":
        return (unit) => units.seed[unit] ?? 0;
      case "outcome":
        return (unit) => (units.outcome[unit] ?? 0) * 10_000 + (units.verdict[unit] ?? 0);
      case "flip":
        return (unit) => units.flip[unit] ?? 0;
      case "margin":
        return (unit) => units.margin[unit] ?? null;
      case "attempts":
        return (unit) => units.attempts[unit] ?? 0;
      case "seconds":
        return (unit) => units.seconds[unit] ?? 0;
      default:
        return (unit) => units.sample[unit] ?? 0;
    }
  }
}

/**
 * @param {string} wanted
 * @param {number} outcome
 */
function matchesOutcome(wanted, outcome) {
  if (wanted === "") return true;
  const name = OUTCOME_NAMES[outcome];
  return wanted === "wrong" ? name === "wrong" || name === "unparsable" : name === wanted;
}

/**
 * @param {string} wanted
 * @param {number} flip
 */
function matchesFlip(wanted, flip) {
  if (wanted === "") return true;
  if (wanted === "flipped") return flip !== 0;
  return wanted === "gained" ? flip === 1 : flip === -1;
}
