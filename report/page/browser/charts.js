import { el, formatSeconds, svg } from "./dom.js";

/** @typedef {import("../../../domain/units/trace.js").StepTiming} StepTiming */
/** @typedef {import("../../../domain/units/trace.js").CandidateScore} CandidateScore */

/**
 * Candidates with their scores as bars, best first.
 *
 * @param {readonly CandidateScore[]} candidates
 * @param {readonly string[]} goldNames
 */
export function drawCandidates(candidates, goldNames) {
  const ranked = [...candidates].sort((left, right) => right.probability - left.probability);
  const rows = ranked.map((candidate) => {
    const bar = el("span", { class: "bar-fill" });
    bar.style.width = `${(100 * candidate.probability).toFixed(2)}%`;
    const query = candidate.queryLogLikelihood;
    return el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        candidate.name,
        goldNames.includes(candidate.name) ? el("span", { class: "tag" }, "gold") : null,
      ),
      el("td", { class: "bar-cell" }, el("span", { class: "bar", "aria-hidden": "true" }, bar)),
      el("td", { class: "number" }, candidate.probability.toFixed(3)),
      el("td", { class: "number" }, candidate.logLikelihood.toFixed(2)),
      query === undefined ? null : el("td", { class: "number" }, query.toFixed(2)),
      el("td", { class: "number" }, String(candidate.tokenCount)),
    );
  });
  const withQuery = ranked.some((candidate) => candidate.queryLogLikelihood !== undefined);
  const heads = [
    "tool",
    "score",
    "probability",
    "log-likelihood",
    ...(withQuery ? ["of the query"] : []),
    "tokens",
  ];
  return el(
    "table",
    { class: "data candidates" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        ...heads.map((head, place) =>
          el("th", { scope: "col", class: place > 1 ? "number" : "" }, head),
        ),
      ),
    ),
    el("tbody", {}, ...rows),
  );
}

/**
 * The margin on a scale that marks tau.
 *
 * @param {number} margin
 * @param {number} tau
 */
export function drawMargin(margin, tau) {
  const most = Math.max(1, margin, Math.min(tau, 2));
  const part = (/** @type {number} */ value) => `${Math.min(100, (100 * value) / most)}%`;
  const fill = el("span", { class: "meter-fill" });
  fill.style.width = part(Math.max(0, margin));
  const mark = el("span", { class: "meter-tau" });
  mark.style.left = part(Math.max(0, tau));
  return el("div", { class: "meter", "aria-hidden": "true" }, fill, mark);
}

/**
 * A small chart of the training loss over steps, with its first and last values.
 *
 * @param {readonly number[]} losses
 */
export function drawLosses(losses) {
  const [width, height, left, bottom, top] = [440, 150, 44, 24, 10];
  const most = Math.max(...losses, 1e-9);
  const x = (/** @type {number} */ step) =>
    left + ((width - left - 12) * step) / Math.max(1, losses.length - 1);
  const y = (/** @type {number} */ loss) => top + (height - top - bottom) * (1 - loss / most);
  const path = losses.map((loss, step) => `${step === 0 ? "M" : "L"}${x(step)},${y(loss)}`);
  const label = (
    /** @type {number} */ atX,
    /** @type {number} */ atY,
    /** @type {string} */ text,
    anchor = "end",
  ) => svg("text", { x: atX, y: atY, "text-anchor": anchor, class: "axis" }, text);
  const dots =
    losses.length > 40
      ? []
      : losses.map((loss, step) =>
          svg(
            "circle",
            { cx: x(step), cy: y(loss), r: 3.5, class: "dot" },
            svg("title", {}, `step ${step + 1}: ${loss.toFixed(4)}`),
          ),
        );
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: "losses",
      role: "img",
      "aria-label": `Loss over ${losses.length} steps, from ${(losses[0] ?? 0).toFixed(3)} to ${(losses.at(-1) ?? 0).toFixed(3)}`,
    },
    svg("line", { x1: left, x2: width - 12, y1: y(0), y2: y(0), class: "rule" }),
    svg("line", { x1: left, x2: width - 12, y1: y(most), y2: y(most), class: "rule faint" }),
    label(left - 6, y(most) + 4, most.toFixed(2)),
    label(left - 6, y(0) + 4, "0"),
    label(x(0), height - 6, "step 1", "start"),
    label(x(losses.length - 1), height - 6, String(losses.length)),
    svg("path", { d: path.join(""), class: "line" }),
    ...dots,
  );
}

/**
 * Steps on one time axis: waiting hatched, compute solid.
 *
 * @param {readonly StepTiming[]} timings
 */
export function drawTimeline(timings) {
  const total = Math.max(
    1e-9,
    timings.reduce((sum, timing) => sum + timing.queueMs + timing.computeMs, 0),
  );
  const strip = el("div", { class: "timeline", "aria-hidden": "true" });
  for (const timing of timings) {
    for (const [kind, milliseconds] of /** @type {const} */ ([
      ["wait", timing.queueMs],
      ["work", timing.computeMs],
    ])) {
      if (milliseconds <= 0) continue;
      const part = el("span", {
        class: `${kind} step-${timing.step}`,
        title: `${timing.step}: ${kind === "wait" ? "waited" : "computed"} ${formatSeconds(milliseconds / 1000)}`,
      });
      part.style.flexGrow = String(milliseconds / total);
      strip.append(part);
    }
  }
  return strip;
}
