import { createControls } from "./controls.js";
import { button, byId, el, formatSeconds } from "./dom.js";
import { describeFilters } from "./describe-filters.js";
import { createFinder } from "./filter.js";
import { createGrid } from "./grid.js";
import { drawOutcome } from "./sample-answers.js";
import { createSamplePage } from "./sample-page.js";
import { formatState, isStateHash, parseState } from "./state.js";

/** @typedef {import("../page-model.js").PageIndex} PageIndex */
/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof import("./unpack.js").createData>} Data */

/**
 * The sample explorer: filters, the table of units, and the page of one unit. The URL fragment
 * holds its state.
 *
 * @param {PageIndex} index
 * @param {Data} data
 */
export function createExplorer(index, data) {
  let state = parseState(location.hash);
  let finder = createFinder(index);
  /** @type {number[]} */
  let found = [];
  const change = (/** @type {Partial<State>} */ part) => go({ ...state, ...part });
  let controls = createControls(byId("filters"), index, change);
  const grid = createGrid(
    byId("units"),
    columns(() => index),
    {
      open: (unit) => go({ ...state, unit: finder.keyOf(unit) }),
      sort: (column) => go({ ...state, sort: nextSort(state.sort, column) }),
    },
  );
  const dialog = /** @type {HTMLDialogElement} */ (byId("sample"));
  const page = createSamplePage(dialog, {
    open: (unit) => go({ ...state, unit: finder.keyOf(unit) }),
    step: (by) => {
      const place = found.indexOf(finder.unitOf(state.unit) ?? -1);
      const next = found[place + by];
      if (next !== undefined) go({ ...state, unit: finder.keyOf(next) });
    },
    close: () => go({ ...state, unit: "" }),
  });
  const showAll = () => go({ ...parseState(""), sort: state.sort });
  const reset = button("quiet", "Show all", showAll);
  byId("reset").replaceChildren(reset);
  const emptyText = el("span");
  byId("empty").replaceChildren(emptyText, button("quiet", "Clear the filters", showAll));

  addEventListener("hashchange", () => {
    if (isStateHash(location.hash)) show(parseState(location.hash));
  });
  // A link to units, such as a gained count, leads to the table that shows them.
  document.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const link = target.closest("a")?.getAttribute("href") ?? "";
    if (link.startsWith("#") && link.includes("=")) byId("explorer").scrollIntoView();
  });
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key !== "/" || target.closest("input, select, dialog") !== null) return;
    event.preventDefault();
    controls.focus();
  });
  show(state, true);

  return {
    /** Takes newer data and keeps the place. @param {PageIndex} newer */
    update(newer) {
      index = newer;
      finder = createFinder(newer);
      // A running sweep may add seeds or datasets to choose from; keep the filters while one has
      // focus.
      if (!byId("filters").contains(document.activeElement)) {
        controls = createControls(byId("filters"), newer, change);
        controls.show(state);
      }
      list(true);
    },
  };

  /** @param {State} next */
  function go(next) {
    const opens = next.unit !== "" && next.unit !== state.unit;
    const hash = formatState(next);
    if (hash === (location.hash || "#")) return;
    // Opening a sample adds a history entry, so that Back closes it; typing in a filter does not.
    if (opens && state.unit === "") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    show(next);
  }

  /**
   * @param {State} next
   * @param {boolean} [first]
   */
  function show(next, first = false) {
    const lists =
      first || formatState({ ...next, unit: "" }) !== formatState({ ...state, unit: "" });
    const unitChanges = first || next.unit !== state.unit;
    state = next;
    controls.show(state);
    if (lists) list(false);
    if (unitChanges) void showUnit();
  }

  /** @param {boolean} keepPlace */
  function list(keepPlace) {
    found = finder.find(state);
    grid.show(found, state.sort, keepPlace);
    const all = index.units.variant.length;
    const filters = describeFilters(state);
    const right = found.filter((unit) => index.units.outcome[unit] === 3).length;
    byId("count").textContent =
      `${found.length.toLocaleString("en")} of ${all.toLocaleString("en")} units` +
      (found.length === 0 ? "" : `, ${right.toLocaleString("en")} right`) +
      (filters === "" ? "" : `; shown: ${filters}`);
    emptyText.textContent = all === 0 ? "No unit is done yet." : `No unit matches: ${filters}.`;
    byId("empty").hidden = found.length > 0;
    reset.disabled = formatState({ ...state, unit: "", sort: "sample" }) === "#";
  }

  async function showUnit() {
    if (state.unit === "") {
      if (dialog.open) {
        page.hide();
        grid.focus();
      }
      return;
    }
    const { unit: key } = state;
    const unit = finder.unitOf(key);
    const sample = unit === undefined ? undefined : index.samples[index.units.sample[unit] ?? -1];
    if (unit === undefined || sample === undefined) {
      byId("count").textContent = `There is no unit ${key} in this report.`;
      return;
    }
    grid.select(unit);
    const detail = await data.readSample(sample.chunk, sample.place);
    if (detail !== undefined && state.unit === key) page.show(index, unit, detail, key);
  }
}

/**
 * @param {string} sort
 * @param {import("./grid.js").Column} column
 */
function nextSort(sort, column) {
  const [first, second] = column.largestFirst
    ? [`-${column.id}`, column.id]
    : [column.id, `-${column.id}`];
  return sort === first ? second : first;
}

/**
 * @param {() => PageIndex} read
 * @returns {import("./grid.js").Column[]}
 */
function columns(read) {
  const severalSets = new Set(read().samples.map((sample) => sample.dataset)).size > 1;
  const severalSweeps = new Set(read().variants.map((variant) => variant.sweep)).size > 1;
  const write = (/** @type {HTMLElement} */ cell, /** @type {string} */ text) => {
    cell.textContent = text;
  };
  return [
    {
      id: "sample",
      head: "sample",
      title: "Row and hash of the sample",
      kind: "key",
      draw: (cell, unit) => {
        const sample = read().samples[read().units.sample[unit] ?? -1];
        write(cell, (severalSets ? `${sample?.dataset ?? ""}/` : "") + (sample?.key ?? ""));
      },
    },
    {
      id: "variant",
      head: "variant",
      title: "Variant that answered it",
      kind: "name",
      draw: (cell, unit) => {
        const variant = read().variants[read().units.variant[unit] ?? -1];
        const mark = variant?.mark ? ` (${variant.mark})` : "";
        write(
          cell,
          (severalSweeps ? `${variant?.sweep ?? ""}/` : "") + (variant?.name ?? "") + mark,
        );
      },
    },
    {
      id: "seed",
      head: "seed",
      title: "Seed index",
      kind: "number narrow",
      draw: (cell, unit) => write(cell, String(read().units.seed[unit])),
    },
    {
      id: "outcome",
      head: "outcome",
      title: "Verdict, and what made the answer wrong",
      kind: "outcome",
      draw: (cell, unit) => {
        const { units, verdicts } = read();
        const badge = cell.firstElementChild ?? cell.appendChild(document.createElement("span"));
        drawOutcome(
          /** @type {HTMLElement} */ (badge),
          units.outcome[unit] ?? 0,
          verdicts[units.verdict[unit] ?? -1] ?? "",
        );
        cell.title = verdicts[units.verdict[unit] ?? -1] ?? "";
      },
    },
    {
      id: "flip",
      head: "flip",
      title: "Against base on the same sample and seed",
      kind: "flip",
      largestFirst: true,
      draw: (cell, unit) => {
        const flip = read().units.flip[unit] ?? 0;
        write(cell, flip > 0 ? "+ gained" : flip < 0 ? "− lost" : "");
        cell.classList.toggle("is-gain", flip > 0);
        cell.classList.toggle("is-loss", flip < 0);
      },
    },
    {
      id: "margin",
      head: "margin",
      title: "Margin of H; italics: uncertain",
      kind: "number",
      draw: (cell, unit) => {
        const { margin, uncertain } = read().units;
        const value = margin[unit] ?? null;
        write(cell, value === null ? "" : value.toFixed(3));
        cell.classList.toggle("is-uncertain", uncertain[unit] === 1);
        cell.title = uncertain[unit] === 1 ? "uncertain" : "";
      },
    },
    {
      id: "attempts",
      head: "G",
      title: "Synthesis attempts",
      kind: "number narrow",
      largestFirst: true,
      draw: (cell, unit) => {
        const attempts = read().units.attempts[unit] ?? 0;
        write(cell, attempts === 0 ? "" : String(attempts));
      },
    },
    {
      id: "seconds",
      head: "time",
      title: "Compute time of its own steps, without waiting",
      kind: "number",
      largestFirst: true,
      draw: (cell, unit) => write(cell, formatSeconds(read().units.seconds[unit] ?? 0)),
    },
    {
      id: "query",
      head: "query",
      title: "The last user message, by sample",
      kind: "query",
      draw: (cell, unit) =>
        write(cell, read().samples[read().units.sample[unit] ?? -1]?.query ?? ""),
    },
  ];
}
