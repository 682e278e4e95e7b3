import { EXACT_NUMBER_OBJECT } from "../../../domain/json/exact-number.js";
import { el } from "./dom.js";

/** @typedef {import("../../../domain/samples/sample.js").Sample} Sample */
/** @typedef {import("../../../domain/samples/sample.js").Tool} Tool */

/**
 * A section of a sample's page, with its heading.
 *
 * @param {string} title
 * @param {...(Node | string | null | undefined)} children
 */
export function section(title, ...children) {
  return el("section", { class: "part" }, el("h3", {}, title), ...children);
}

/**
 * A small note below an element.
 *
 * @param {...(Node | string | null | undefined)} children
 */
export function note(...children) {
  return el("p", { class: "note" }, ...children);
}

/**
 * A table of texts and nodes.
 *
 * @param {readonly string[]} heads
 * @param {readonly (readonly (Node | string)[])[]} rows
 * @param {readonly number[]} numbers Right-aligned columns.
 */
export function table(heads, rows, numbers = []) {
  const kind = (/** @type {number} */ column) => (numbers.includes(column) ? "number" : "");
  return el(
    "div",
    { class: "scroll-x" },
    el(
      "table",
      { class: "data" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ...heads.map((head, column) => el("th", { scope: "col", class: kind(column) }, head)),
        ),
      ),
      el(
        "tbody",
        {},
        ...rows.map((cells) =>
          el("tr", {}, ...cells.map((cell, column) => el("td", { class: kind(column) }, cell))),
        ),
      ),
    ),
  );
}

/**
 * The conversation, turn by turn.
 *
 * @param {Sample} sample
 */
export function drawConversation(sample) {
  const turns = sample.messages.map((message) =>
    el(
      "div",
      { class: `turn turn-${message.role}` },
      el("span", { class: "role" }, message.role),
      el("pre", { class: "text" }, message.content),
    ),
  );
  return section(turns.length === 1 ? "Query" : "Conversation", ...turns);
}

/**
 * The offered tools, each with its schema collapsed.
 *
 * @param {readonly Tool[]} tools
 */
export function drawTools(tools) {
  const items = tools.map((tool) => {
    const parameters = Object.keys(/** @type {object} */ (tool.parameters["properties"] ?? {}));
    return el(
      "details",
      { class: "tool" },
      el(
        "summary",
        {},
        el("code", {}, tool.name),
        el("span", { class: "tool-arguments" }, `(${parameters.join(", ")})`),
      ),
      el("p", {}, tool.description),
      el("pre", { class: "text code" }, JSON.stringify(tool.parameters, null, 2)),
    );
  });
  return section(`Tools (${tools.length})`, ...items);
}

/** @typedef {{ name?: unknown, arguments?: unknown, accepted?: Record<string, unknown> }} ShownCall */

/**
 * Calls in readable form, with the part that made the answer wrong marked.
 *
 * @param {unknown} calls
 * @param {string} verdict As stored: "", "count", "name:…" or "argument:…".
 * @param {unknown} [others] The calls they were compared with. An
 *   argument that one of these shares is not marked.
 */
export function drawCalls(calls, verdict = "", others = []) {
  if (!Array.isArray(calls)) return note("could not be parsed as calls");
  if (calls.length === 0) return note("no call");
  const shown = /** @type {ShownCall[]} */ (calls);
  const flawed = shown.map((call) => isFlawed(call, verdict, Array.isArray(others) ? others : []));
  // If every call has a counterpart, the calls differ only as a whole, so all are marked.
  const none = !flawed.includes(true);
  return el(
    "div",
    { class: "calls" },
    ...shown.map((call, place) => drawCall(call, none || flawed[place] ? verdict : "")),
  );
}

/**
 * @param {ShownCall} call
 * @param {string} verdict
 * @param {readonly ShownCall[]} others
 */
function isFlawed(call, verdict, others) {
  if (!verdict.startsWith("argument:")) return true;
  const key = verdict.slice("argument:".length);
  const own = JSON.stringify(readArguments(call)[key]);
  return !others.some(
    (other) => other.name === call.name && JSON.stringify(readArguments(other)[key]) === own,
  );
}

/** @param {ShownCall} call */
function readArguments(call) {
  return /** @type {Record<string, unknown>} */ (call.arguments ?? {});
}

/**
 * @param {ShownCall} call
 * @param {string} verdict
 */
function drawCall(call, verdict) {
  const name = String(call.name);
  const fields = Object.entries(readArguments(call));
  const items = fields.map(([key, value]) => {
    const accepted = call.accepted?.[key];
    const others = Array.isArray(accepted) && accepted.length > 1 ? accepted : null;
    return el(
      "div",
      { class: "argument" },
      mark(el("span", { class: "key" }, key), verdict === `argument:${key}`),
      ": ",
      el("span", { class: "value" }, stringify(value)),
      others === null ? null : note("accepted: ", others.map((each) => stringify(each)).join(", ")),
    );
  });
  return el(
    "div",
    { class: "call" },
    mark(el("span", { class: "call-name" }, name), verdict === `name:${name}`),
    ...items,
  );
}

/**
 * @param {HTMLElement} element
 * @param {boolean} isFlawed
 */
function mark(element, isFlawed) {
  if (!isFlawed) return element;
  element.classList.add("flawed");
  return el("span", {}, element, el("span", { class: "flaw" }, "differs"));
}

/**
 * JSON in which numbers kept as digits are plain numbers again.
 *
 * @param {unknown} value
 */
function stringify(value) {
  return JSON.stringify(value).replace(EXACT_NUMBER_OBJECT, "$1");
}
