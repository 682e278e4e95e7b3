/**
 * What the explorer shows. It is stored in the URL fragment, so that a link shares it.
 *
 * @typedef {object} State
 * @property {string} sweep Names and values as in the filters; "" for all.
 * @property {string} dataset
 * @property {string} variant
 * @property {string} seed
 * @property {string} outcome
 * @property {string} certainty
 * @property {string} flip
 * @property {string} text
 * @property {string} sort A column's id, with a leading "-" for the other direction.
 * @property {string} unit Key of the unit whose page is open; "" for none.
 */

/** @type {readonly (keyof State)[]} */
const FIELDS = [
  "sweep",
  "dataset",
  "variant",
  "seed",
  "outcome",
  "certainty",
  "flip",
  "text",
  "sort",
  "unit",
];

/**
 * @param {string} hash
 * @returns {State}
 */
export function parseState(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const read = (/** @type {string} */ name) => fields.get(name) ?? "";
  return {
    sweep: read("sweep"),
    dataset: read("dataset"),
    variant: read("variant"),
    seed: read("seed"),
    outcome: read("outcome"),
    certainty: read("certainty"),
    flip: read("flip"),
    text: read("text"),
    sort: read("sort") || "sample",
    unit: read("unit"),
  };
}

/**
 * @param {State} state
 * @returns {string} with its "#"
 */
export function formatState(state) {
  const fields = new URLSearchParams();
  for (const name of FIELDS) {
    if (state[name] !== "" && !(name === "sort" && state.sort === "sample")) {
      fields.set(name, state[name]);
    }
  }
  return `#${fields.toString().replaceAll("%2F", "/")}`;
}

/**
 * Whether a URL fragment holds explorer state rather than a heading anchor.
 *
 * @param {string} hash
 */
export function isStateHash(hash) {
  return hash === "" || hash === "#" || hash.includes("=");
}
