import { el } from "./dom.js";

/** @typedef {import("../page-model.js").PageIndex} PageIndex */
/** @typedef {import("./state.js").State} State */

/**
 * The filters above the table: drop-downs and a text field, each with its label.
 *
 * @param {HTMLElement} place
 * @param {PageIndex} index
 * @param {(change: Partial<State>) => void} change
 */
export function createControls(place, index, change) {
  const { units, variants, samples } = index;
  const seeds = [...new Set(units.seed)].sort((left, right) => left - right);
  const search = el("input", {
    type: "search",
    id: "filter-text",
    placeholder: "query, sample, verdict…",
    "aria-keyshortcuts": "/",
    autocomplete: "off",
    spellcheck: "false",
  });
  search.addEventListener("input", () => change({ text: search.value }));

  /** @type {{ field: keyof State, select: HTMLSelectElement }[]} */
  const selects = [];
  const unique = (/** @type {readonly string[]} */ names) =>
    [...new Set(names)].map((name) => ({ value: name, label: name }));
  const fields = [
    searchField(),
    choice("sweep", "Sweep", unique(variants.map((variant) => variant.sweep))),
    choice("dataset", "Data set", unique(samples.map((sample) => sample.dataset))),
    choice("variant", "Variant", unique(variants.map((variant) => variant.name))),
    choice(
      "seed",
      "Seed",
      seeds.map((seed) => ({ value: String(seed), label: String(seed) })),
    ),
    choice(
      "outcome",
      "Outcome",
      [
        { value: "right", label: "right" },
        { value: "wrong", label: "wrong" },
        { value: "unparsable", label: "wrong: unparsable" },
        { value: "failed", label: "failed" },
      ],
      true,
    ),
    choice(
      "certainty",
      "Uncertainty",
      [
        { value: "uncertain", label: "uncertain" },
        { value: "certain", label: "certain" },
        { value: "adapted", label: "adapted" },
      ],
      true,
    ),
    choice(
      "flip",
      "Against base",
      [
        { value: "flipped", label: "flipped" },
        { value: "gained", label: "gained" },
        { value: "lost", label: "lost" },
      ],
      true,
    ),
  ];
  place.replaceChildren(...fields.filter((field) => field !== null));

  return {
    /** @param {State} state */
    show(state) {
      if (search.value !== state.text) search.value = state.text;
      for (const { field, select } of selects) {
        select.value = state[field];
        select.classList.toggle("is-set", select.value !== "");
      }
    },
    focus: () => search.focus(),
  };

  function searchField() {
    return el(
      "div",
      { class: "field field-wide" },
      el("label", { for: "filter-text" }, "Search"),
      search,
    );
  }

  /**
   * A drop-down; null if there are fewer than two options, unless `always` is set.
   *
   * @param {keyof State} field
   * @param {string} label
   * @param {readonly { value: string, label: string }[]} options
   * @param {boolean} [always]
   */
  function choice(field, label, options, always = false) {
    if (options.length < 2 && !always) return null;
    const id = `filter-${field}`;
    const select = el("select", { id }, el("option", { value: "" }, "all"));
    for (const option of options) {
      select.append(el("option", { value: option.value }, option.label));
    }
    select.addEventListener("change", () => change({ [field]: select.value }));
    selects.push({ field, select });
    return el("div", { class: "field" }, el("label", { for: id }, label), select);
  }
}
