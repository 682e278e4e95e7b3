import { drawCandidates, drawLosses, drawMargin, drawTimeline } from "./charts.js";
import { el, formatSeconds } from "./dom.js";
import { drawCalls, note, section, table } from "./sample-parts.js";

/** @typedef {import("../../../domain/units/trace.js").UnitTrace} UnitTrace */
/** @typedef {import("../../../domain/units/trace.js").SyntheticPair} SyntheticPair */
/** @typedef {import("../../../domain/units/trace.js").GroundingTrace} GroundingTrace */

/**
 * H: the candidates, the margin, and the resulting decision.
 *
 * @param {UnitTrace} trace
 * @param {readonly string[]} goldNames
 */
export function drawUncertainty(trace, goldNames) {
  const { uncertainty } = trace;
  if (uncertainty === undefined) return null;
  const { estimator, answers, margin, tau, uncertain } = uncertainty;
  const sign = uncertain ? "<" : "≥";
  return section(
    "H · uncertainty",
    drawCandidates(uncertainty.candidates, goldNames),
    drawMargin(margin, tau),
    note(
      `margin ${margin.toFixed(3)} ${sign} tau ${Number(tau.toFixed(4))} by ${estimator}: `,
      el("strong", {}, uncertain ? "uncertain" : "certain"),
      uncertainty.candidates.length === 1 && !answers ? " (one candidate only)" : "",
    ),
    ...(answers === undefined ? [] : [note(explainAnswers(answers))]),
  );
}

/**
 * What H read of the base model's own answers.
 *
 * @param {NonNullable<NonNullable<UnitTrace["uncertainty"]>["answers"]>} answers
 */
function explainAnswers({ likelihood, agreements = [] }) {
  const votes = agreements.map(
    ({ samples, largest }) => `${largest} of ${samples} drawn answers agree`,
  );
  if (likelihood === undefined) return votes.join("; ");
  if (likelihood === null) return ["own answer: cannot be read", ...votes].join("; ");
  const { call, meaning } = likelihood;
  return [
    `own answer: log-likelihood ${call.logLikelihood.toFixed(2)} over ${call.tokenCount} tokens`,
    `names and values ${meaning.mean.toFixed(3)} on average, at least ${meaning.min.toFixed(3)}`,
    ...votes,
  ].join("; ");
}

/**
 * G: each attempt with its reason, and the resulting pairs.
 *
 * @param {UnitTrace} trace
 */
export function drawSynthesis(trace) {
  const { synthesis, grounding, demonstrations } = trace;
  const parts = [];
  if (grounding !== undefined) parts.push(drawGrounding("Own answer, grounded", grounding));
  if (synthesis !== undefined) {
    const attempts = synthesis.attempts.map((attempt) => [
      String(attempt.k + 1),
      String(attempt.attempt),
      el(
        "span",
        { class: attempt.reason === "ok" ? "state-right" : "state-wrong" },
        attempt.reason,
      ),
      el("span", { class: "excerpt" }, attempt.excerpt),
      attempt.computeMs === undefined ? "" : formatSeconds(attempt.computeMs / 1000),
      attempt.worker ?? "",
      String(attempt.seed),
    ]);
    const { usage } = synthesis;
    parts.push(
      section(
        `G · synthesis: ${synthesis.status}`,
        attempts.length === 0
          ? note("No attempt recorded.")
          : table(
              ["pair", "attempt", "reason", "reply", "computed", "worker", "seed"],
              attempts,
              [0, 1, 4],
            ),
        ...synthesis.pairs.map((pair, place) => drawPair(`Pair ${place + 1}`, pair)),
        usage === undefined
          ? null
          : note(
              `${usage.promptTokens} prompt tokens, ${usage.completionTokens} written`,
              usage.costUsd === undefined ? "" : `, ${usage.costUsd.toFixed(4)} USD`,
            ),
      ),
    );
  }
  if (demonstrations !== undefined && demonstrations.length > 0) {
    const pairs = demonstrations.map((pair, place) => drawPair(`Example ${place + 1}`, pair));
    parts.push(section("Examples given", ...pairs));
  }
  return parts;
}

/**
 * @param {string} title
 * @param {SyntheticPair} pair
 */
function drawPair(title, pair) {
  const from =
    pair.from === undefined ? "" : ` (made for ${pair.from.dataset}/${pair.from.sampleKey})`;
  return el(
    "div",
    { class: "pair" },
    el("h4", {}, title + from),
    pair.instruction === "" ? null : el("pre", { class: "text" }, pair.instruction),
    pair.input === "" ? null : el("pre", { class: "text" }, pair.input),
    drawCalls(pair.output),
  );
}

/**
 * What the copy rule changed.
 *
 * @param {string} title
 * @param {GroundingTrace} grounding
 */
export function drawGrounding(title, grounding) {
  const list = (/** @type {readonly string[]} */ names) =>
    names.length === 0 ? "none" : names.join(", ");
  return section(
    title,
    el(
      "div",
      { class: "columns" },
      el("div", {}, el("h4", {}, "before"), drawCalls(grounding.seedCalls)),
      el("div", {}, el("h4", {}, "after"), drawCalls(grounding.calls)),
    ),
    note(`dropped: ${list(grounding.dropped)}; copied from the query: ${list(grounding.copied)}`),
  );
}

/**
 * T: the loss curve.
 *
 * @param {UnitTrace} trace
 */
export function drawTraining(trace) {
  const { training } = trace;
  if (training === undefined) return null;
  const { losses, retrained } = training;
  return section(
    "T · adaptation",
    losses.length === 0 ? null : drawLosses(losses),
    note(
      `${losses.length} steps, loss ${(losses[0] ?? 0).toFixed(3)} → ${(losses.at(-1) ?? 0).toFixed(3)}, ` +
        `${formatSeconds(training.trainMs / 1000)}, seed ${training.seed}, weights ${training.weightHash.slice(0, 12)}`,
      retrained === 0 ? "" : `; retrained ${retrained} times because an engine had died`,
    ),
  );
}

/**
 * Every step with its worker, waiting time and compute time.
 *
 * @param {UnitTrace} trace
 */
export function drawSteps(trace) {
  if (trace.timings.length === 0) return section("Steps", note("none recorded"));
  const rows = trace.timings.map((timing) => [
    timing.step,
    formatSeconds(timing.queueMs / 1000),
    timing.reusedFrom === undefined ? formatSeconds(timing.computeMs / 1000) : "reused",
    String(timing.attempt),
    timing.worker,
    timing.reusedFrom === undefined
      ? ""
      : el("a", { href: `#unit=${encodeURI(timing.reusedFrom)}` }, timing.reusedFrom),
  ]);
  return section(
    "Steps",
    drawTimeline(trace.timings),
    table(["step", "waited", "computed", "attempt", "worker", "reused from"], rows, [1, 2, 3]),
  );
}
