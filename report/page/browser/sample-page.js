import { button, el } from "./dom.js";
import { drawAnswers, drawSiblings, outcomeBadge } from "./sample-answers.js";
import { drawConversation, drawTools, note } from "./sample-parts.js";
import { drawSteps, drawSynthesis, drawTraining, drawUncertainty } from "./sample-steps.js";

/** @typedef {import("../page-model.js").PageIndex} PageIndex */
/** @typedef {import("../page-model.js").SampleDetail} SampleDetail */
/** @typedef {import("../page-model.js").UnitDetail} UnitDetail */
/** @typedef {import("./sample-answers.js").Answered} Answered */

/**
 * One unit with its full trace, in a dialog over the page.
 *
 * @param {HTMLDialogElement} dialog
 * @param {{ open: (unit: number) => void, step: (by: number) => void, close: () => void }} events
 */
export function createSamplePage(dialog, events) {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    events.close();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) events.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") events.step(-1);
    else if (event.key === "ArrowRight") events.step(1);
    else return;
    event.preventDefault();
  });
  return {
    /**
     * @param {PageIndex} index
     * @param {number} unit
     * @param {SampleDetail} detail
     * @param {string} key
     */
    show(index, unit, detail, key) {
      const title = el("h2", { tabindex: -1, id: "sample-title" }, key);
      const close = button("quiet", "Close", events.close);
      close.setAttribute("aria-keyshortcuts", "Escape");
      const bar = el(
        "header",
        { class: "sheet-bar" },
        title,
        button("quiet", "← Previous", () => events.step(-1)),
        button("quiet", "Next →", () => events.step(1)),
        close,
      );
      dialog.replaceChildren(bar, el("div", { class: "sheet" }, ...drawUnit(index, unit, detail)));
      dialog.setAttribute("aria-labelledby", "sample-title");
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
      title.focus();
    },
    hide: () => dialog.close(),
  };

  /**
   * @param {PageIndex} index
   * @param {number} unit
   * @param {SampleDetail} detail
   * @returns {Node[]}
   */
  function drawUnit(index, unit, detail) {
    const own = describe(index, detail, unit);
    if (own === null) return [note("The page does not contain this unit's details.")];
    const base = describe(index, detail, findBase(index, detail, unit));
    const goldNames = detail.gold?.calls.map((call) => call.name) ?? [];
    const { trace, errorCode, errorMessage } = own.detail;
    return [
      drawHead(index, own),
      errorCode === null
        ? null
        : el("p", { class: "failure" }, `${errorCode}: ${errorMessage ?? ""}`),
      detail.sample === null ? null : drawConversation(detail.sample),
      ...drawAnswers(own, base, detail.gold),
      drawSiblings(listSiblings(index, detail), unit, events.open),
      drawUncertainty(trace, goldNames),
      ...drawSynthesis(trace),
      drawTraining(trace),
      detail.sample === null ? null : drawTools(detail.sample.tools),
      drawSteps(trace),
    ].filter((part) => part !== null);
  }
}

/**
 * @param {PageIndex} index
 * @param {Answered} own
 */
function drawHead(index, own) {
  const { detail } = own;
  const { units } = index;
  const flip = units.flip[detail.unit] ?? 0;
  const facts = [
    `seed ${units.seed[detail.unit] ?? ""}`,
    `run ${detail.attempt}`,
    `${detail.startedAt} to ${detail.finishedAt}`,
    detail.engineVersion === "" ? "" : `engine ${detail.engineVersion}`,
    detail.correctStrict === null ? "" : `strict: ${detail.correctStrict ? "right" : "wrong"}`,
  ];
  const href = temporalHref(index, detail);
  const link =
    href === null
      ? null
      : el("a", { href, target: "_blank", rel: "noreferrer" }, "history in the Temporal UI ↗");
  return el(
    "div",
    { class: "unit-head" },
    el(
      "p",
      { class: "verdict" },
      el("strong", {}, own.variant),
      " ",
      outcomeBadge(own.outcome, own.verdict),
      flip === 0
        ? null
        : el("span", { class: "tag" }, flip > 0 ? "gained against base" : "lost against base"),
    ),
    note(facts.filter((fact) => fact !== "").join(" · "), link === null ? "" : " · ", link),
  );
}

/**
 * @param {PageIndex} index
 * @param {UnitDetail} detail
 */
function temporalHref(index, detail) {
  if (!/^https?:\/\//.test(index.temporalLink)) return null;
  const { units, variants, samples } = index;
  const variant = variants[units.variant[detail.unit] ?? -1];
  const sample = samples[units.sample[detail.unit] ?? -1];
  const key = [
    variant?.sweep,
    variant?.name,
    units.seed[detail.unit],
    sample?.dataset,
    sample?.key,
  ];
  const id = detail.trace.workflowId ?? key.join("/");
  const workflow = index.temporalLink + encodeURIComponent(id);
  return detail.runId === "" ? workflow : `${workflow}/${encodeURIComponent(detail.runId)}/history`;
}

/**
 * @param {PageIndex} index
 * @param {SampleDetail} detail
 * @param {number} unit
 * @returns {Answered | null}
 */
function describe(index, detail, unit) {
  const found = detail.units.find((each) => each.unit === unit);
  if (found === undefined) return null;
  const { units, variants, verdicts } = index;
  const verdict = verdicts[units.verdict[unit] ?? -1] ?? "";
  return {
    detail: found,
    variant: variants[units.variant[unit] ?? -1]?.name ?? "",
    verdict,
    flaw: /^wrong \((.*)\)$/.exec(verdict)?.[1] ?? "",
    outcome: units.outcome[unit] ?? 0,
  };
}

/**
 * The base model's unit on the same sample and seed; -1 for none.
 *
 * @param {PageIndex} index
 * @param {SampleDetail} detail
 * @param {number} unit
 */
function findBase(index, detail, unit) {
  const { units, variants } = index;
  const base = variants[units.variant[unit] ?? -1]?.base ?? -1;
  const found = detail.units.find(
    (each) => units.variant[each.unit] === base && units.seed[each.unit] === units.seed[unit],
  );
  return found?.unit ?? -1;
}

/**
 * @param {PageIndex} index
 * @param {SampleDetail} detail
 */
function listSiblings(index, detail) {
  const { units, variants, verdicts } = index;
  const severalSweeps = new Set(variants.map((variant) => variant.sweep)).size > 1;
  const ordered = [...detail.units].sort(
    (left, right) => (units.variant[left.unit] ?? 0) - (units.variant[right.unit] ?? 0),
  );
  return ordered.map((each) => {
    const variant = variants[units.variant[each.unit] ?? -1];
    return {
      unit: each.unit,
      variant: (severalSweeps ? `${variant?.sweep ?? ""}/` : "") + (variant?.name ?? ""),
      seed: units.seed[each.unit] ?? 0,
      outcome: units.outcome[each.unit] ?? 0,
      verdict: verdicts[units.verdict[each.unit] ?? -1] ?? "",
      answer: each.trace.answer?.texts[0] ?? "",
    };
  });
}
