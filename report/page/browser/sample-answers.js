import { drawSide } from "./diff.js";
import { button, el } from "./dom.js";
import { drawCalls, note, section } from "./sample-parts.js";
import { drawGrounding } from "./sample-steps.js";

/** @typedef {import("../page-model.js").UnitDetail} UnitDetail */
/** @typedef {import("../../../domain/samples/sample.js").Gold} Gold */

/**
 * @typedef {object} Answered
 * @property {UnitDetail} detail
 * @property {string} variant
 * @property {string} verdict In words.
 * @property {string} flaw The part that made it wrong, as stored.
 * @property {number} outcome
 */

/**
 * Gold, the base model's answer and this unit's answer, with differences marked.
 *
 * @param {Answered} unit
 * @param {Answered | null} base
 * @param {Gold | null} gold
 */
export function drawAnswers(unit, base, gold) {
  const { answer } = unit.detail.trace;
  const goldPart = section(
    "Gold",
    gold === null
      ? note("not in the store")
      : drawCalls(gold.calls, markGold(unit.flaw), unit.detail.calls),
  );
  if (answer === undefined) return [goldPart];
  const after = answer.texts[0] ?? "";
  const before = base?.detail.trace.answer?.texts[0];
  const columns =
    before === undefined || base === null
      ? [answerColumn("Answer", unit, gold, el("pre", { class: "text" }, after))]
      : [
          answerColumn(`Before: ${base.variant}`, base, gold, drawSide(before, after, "before")),
          answerColumn(`After: ${unit.variant}`, unit, gold, drawSide(before, after, "after")),
        ];
  const more = answer.texts
    .slice(1)
    .map((text, place) =>
      el("div", {}, el("h4", {}, `Answer ${place + 2}`), el("pre", { class: "text" }, text)),
    );
  const forced = answer.forcedName === undefined ? "" : `; first name forced: ${answer.forcedName}`;
  return [
    section(
      "I · answer",
      el("div", { class: "columns" }, ...columns),
      before === after ? note("Both answers are the same.") : null,
      ...more,
      note(
        `from the ${answer.from === "base" ? "base" : "adapted"} model; ${answer.promptTokens} prompt tokens, ${answer.completionTokens} written${forced}`,
      ),
    ),
    goldPart,
    answer.grounding === undefined ? null : drawGrounding("Copy rule", answer.grounding),
  ];
}

/**
 * Only an argument can be marked in gold: a name in the verdict is the answer's, not the gold's.
 */
function markGold(/** @type {string} */ flaw) {
  return flaw.startsWith("argument:") ? flaw : "";
}

/**
 * @param {string} title
 * @param {Answered} unit
 * @param {Gold | null} gold
 * @param {Node} text
 */
function answerColumn(title, unit, gold, text) {
  return el(
    "div",
    {},
    el("h4", {}, title, " ", outcomeBadge(unit.outcome, unit.verdict)),
    text,
    drawCalls(unit.detail.calls, unit.flaw, gold?.calls),
  );
}

/**
 * The outcome as a word in its color, with a sign for readers who do not see colors.
 *
 * @param {number} outcome
 * @param {string} verdict
 */
export function outcomeBadge(outcome, verdict) {
  const badge = el("span", { class: "badge" });
  drawOutcome(badge, outcome, verdict);
  return badge;
}

/**
 * @param {HTMLElement} place
 * @param {number} outcome
 * @param {string} verdict
 */
export function drawOutcome(place, outcome, verdict) {
  const kinds = ["failed", "unparsable", "wrong", "right"];
  const signs = ["!", "?", "✗", "✓"];
  place.className = `badge outcome-${kinds[outcome] ?? ""}`;
  place.textContent = `${signs[outcome] ?? ""} ${verdict}`;
}

/**
 * All units of the sample in one table, variants as rows and seeds as columns; a click opens a
 * unit.
 *
 * @param {{ unit: number, variant: string, seed: number, outcome: number, verdict: string, answer: string }[]} units
 * @param {number} current
 * @param {(unit: number) => void} open
 */
export function drawSiblings(units, current, open) {
  if (units.length < 2) return null;
  const seeds = [...new Set(units.map((unit) => unit.seed))].sort((left, right) => left - right);
  const variants = [...new Set(units.map((unit) => unit.variant))];
  const seedNow = units.find((unit) => unit.unit === current)?.seed;
  const signs = ["!", "?", "✗", "✓"];
  const kinds = ["failed", "unparsable", "wrong", "right"];
  const rows = variants.map((variant) => {
    const own = units.filter((unit) => unit.variant === variant);
    const cells = seeds.map((seed) => {
      const unit = own.find((each) => each.seed === seed);
      if (unit === undefined) return el("td", {});
      const link = button(
        `sign outcome-${kinds[unit.outcome] ?? ""}`,
        signs[unit.outcome] ?? "",
        () => open(unit.unit),
      );
      link.setAttribute("aria-label", `${variant}, seed ${seed}: ${unit.verdict}`);
      if (unit.unit === current) link.setAttribute("aria-current", "true");
      return el("td", {}, link);
    });
    const answer = own.find((unit) => unit.seed === seedNow)?.answer ?? "";
    const isCurrent = own.some((unit) => unit.unit === current);
    return el(
      "tr",
      { class: isCurrent ? "is-current" : "" },
      el("th", { scope: "row" }, variant),
      ...cells,
      el("td", { class: "excerpt" }, answer),
    );
  });
  return section(
    "Every variant on this sample",
    el(
      "div",
      { class: "scroll-x" },
      el(
        "table",
        { class: "data siblings" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("th", { scope: "col" }, "variant"),
            ...seeds.map((seed) => el("th", { scope: "col" }, `seed ${seed}`)),
            el("th", { scope: "col" }, `answer, seed ${seedNow ?? ""}`),
          ),
        ),
        el("tbody", {}, ...rows),
      ),
    ),
  );
}
