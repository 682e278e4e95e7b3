import { button, el } from "./dom.js";

/** Row height in pixels; must match the style sheet. */
const ROW_HEIGHT = 38;

/** Rows rendered above and below the visible ones. */
const OVERSCAN = 8;

/**
 * A column of the grid.
 *
 * @typedef {object} Column
 * @property {string} id
 * @property {string} head
 * @property {string} title Tooltip.
 * @property {string} kind CSS class of its cells.
 * @property {boolean} [largestFirst] Sort in descending order first.
 * @property {(cell: HTMLElement, unit: number) => void} draw Writes a unit into a cell.
 */

/**
 * A table of any length that renders only the visible rows. Arrow keys move, Enter opens a unit.
 *
 * @param {HTMLElement} place
 * @param {readonly Column[]} columns
 * @param {{ open: (unit: number) => void, sort: (column: Column) => void }} events
 */
export function createGrid(place, columns, events) {
  const heads = columns.map((column) => {
    const sort = button("sort", column.head, () => events.sort(column));
    sort.title = column.title;
    return el("div", { role: "columnheader", class: `cell ${column.kind}` }, sort);
  });
  const head = el("div", { role: "row", class: "grid-row grid-head", "aria-rowindex": 1 });
  head.append(...heads);
  const canvas = el("div", { class: "grid-canvas", role: "rowgroup" });
  const scroller = el(
    "div",
    {
      class: "grid-scroller",
      role: "grid",
      tabindex: 0,
      "aria-label": "Units. Arrow keys move, Enter opens one.",
    },
    el("div", { role: "rowgroup", class: "grid-head-group" }, head),
    canvas,
  );
  place.replaceChildren(scroller);

  /** @type {HTMLElement[]} */
  const pool = [];
  /** @type {readonly number[]} */
  let units = [];
  let active = 0;

  scroller.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
  new ResizeObserver(() => draw()).observe(scroller);
  scroller.addEventListener("focus", () => {
    scroller.classList.add("has-focus");
    draw();
  });
  scroller.addEventListener("blur", () => scroller.classList.remove("has-focus"));
  scroller.addEventListener("keydown", (event) => {
    if (event.target !== scroller || event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(scroller.clientHeight / ROW_HEIGHT) - 2);
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -units.length,
      End: units.length,
    });
    const unit = units[active];
    if (event.key === "Enter" && unit !== undefined) events.open(unit);
    else if (steps[event.key] !== undefined) move(active + (steps[event.key] ?? 0));
    else return;
    event.preventDefault();
  });

  return {
    /**
     * Shows other units, or the same units in another order.
     *
     * @param {readonly number[]} found
     * @param {string} sort
     * @param {boolean} keepPlace
     */
    show(found, sort, keepPlace) {
      units = found;
      active = keepPlace ? Math.min(active, Math.max(0, units.length - 1)) : 0;
      scroller.setAttribute("aria-rowcount", String(units.length + 1));
      canvas.style.height = `${units.length * ROW_HEIGHT}px`;
      if (!keepPlace) scroller.scrollTop = 0;
      columns.forEach((column, position) => {
        const direction =
          sort === column.id ? "ascending" : sort === `-${column.id}` ? "descending" : "none";
        heads[position]?.setAttribute("aria-sort", direction);
      });
      draw();
    },
    /** Moves to a unit if it is in the list. */
    select(/** @type {number} */ unit) {
      const place = units.indexOf(unit);
      if (place >= 0) move(place);
    },
    focus: () => scroller.focus(),
  };

  /** @param {number} row */
  function move(row) {
    active = Math.max(0, Math.min(units.length - 1, row));
    const top = active * ROW_HEIGHT;
    const seen = scroller.clientHeight - ROW_HEIGHT;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scroller.scrollTop + seen) {
      scroller.scrollTop = top + ROW_HEIGHT - seen;
    }
    draw();
  }

  function draw() {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_HEIGHT) - OVERSCAN);
    const count = Math.ceil(scroller.clientHeight / ROW_HEIGHT) + 2 * OVERSCAN;
    const last = Math.min(units.length, first + count);
    while (pool.length < last - first) addRow();
    pool.forEach((row, position) => {
      const place = first + position;
      row.hidden = place >= last;
      if (!row.hidden) drawRow(row, place);
    });
    const isDrawn = active >= first && active < last;
    if (isDrawn) scroller.setAttribute("aria-activedescendant", `row-${active}`);
    else scroller.removeAttribute("aria-activedescendant");
  }

  function addRow() {
    const cells = columns.map((column) =>
      el("div", { role: "gridcell", class: `cell ${column.kind}` }),
    );
    const row = el("div", { role: "row", class: "grid-row" }, ...cells);
    row.addEventListener("click", () => {
      active = Number(row.dataset["place"]);
      const unit = units[active];
      draw();
      if (unit !== undefined) events.open(unit);
    });
    pool.push(row);
    canvas.append(row);
  }

  /**
   * @param {HTMLElement} row
   * @param {number} place
   */
  function drawRow(row, place) {
    const unit = units[place];
    if (unit === undefined) return;
    row.id = `row-${place}`;
    row.dataset["place"] = String(place);
    row.style.transform = `translateY(${place * ROW_HEIGHT}px)`;
    row.setAttribute("aria-rowindex", String(place + 2));
    row.setAttribute("aria-selected", String(place === active));
    columns.forEach((column, position) => {
      const cell = row.children[position];
      if (cell instanceof HTMLElement) column.draw(cell, unit);
    });
  }
}
