import type { VariantSummary } from "../model/summarise-sweep.js";
import { labelVariant } from "../model/variant-roles.js";
import { formatP, formatPercent, formatSeconds } from "./format.js";
import type { Html } from "./html.js";
import { html } from "./html.js";

/** Flips of each variant against each control; null if no control was run. */
export function renderControls(variants: readonly VariantSummary[]): Html | null {
  const rows = variants.filter((row) => row.statistics.against.length > 0);
  const controls = [
    ...new Set(rows.flatMap((row) => row.statistics.against.map((each) => each.control))),
  ];
  if (controls.length === 0) return null;
  return renderTable(
    "Against each control: gained, lost, p",
    ["variant", ...controls],
    rows.map((row) => [
      labelVariant(row),
      ...controls.map((control) => {
        const found = row.statistics.against.find((each) => each.control === control);
        if (found === undefined) return "–";
        return `+${found.gained} −${found.lost}, p ${formatP(found.p)}`;
      }),
    ]),
  );
}

/** Single, majority and pass@k of the same answers; null if each unit has one answer. */
export function renderModes(variants: readonly VariantSummary[]): Html | null {
  const rows = variants.filter((row) => row.modes !== null);
  if (rows.length === 0) return null;
  return renderTable(
    "Several answers per unit: soft %",
    ["variant", "answers", "single", "majority", "right if any is"],
    rows.map((row) => [
      labelVariant(row),
      String(row.modes?.k ?? 0),
      formatPercent(row.modes?.single.mean),
      formatPercent(row.modes?.majority.mean),
      formatPercent(row.modes?.passAtK.mean),
    ]),
  );
}

/** Unit counts of each variant by outcome. */
export function renderDenominators(variants: readonly VariantSummary[]): Html {
  return renderTable(
    "Units",
    [
      "variant",
      "scored",
      "unparsable",
      "broken by adaptation",
      "failed",
      "synthesis exhausted",
      "one candidate only",
      "retried",
    ],
    variants.map((row) => {
      const { denominators } = row.statistics;
      return [
        labelVariant(row),
        denominators.scored,
        denominators.unparsable,
        denominators.broken ?? "--",
        denominators.failed,
        denominators.exhausted,
        denominators.singleCandidate,
        denominators.retried,
      ].map(String);
    }),
  );
}

/** Seconds per computed step, without waiting (the paper's Table 4). */
export function renderSteps(variants: readonly VariantSummary[]): Html {
  return renderTable(
    "Seconds per step, computed steps only",
    ["variant", "step", "count", "total", "mean", "std", "min", "max", "mean wait"],
    variants.flatMap((row) =>
      row.statistics.steps.map((step) => [
        labelVariant(row),
        step.step,
        String(step.count),
        formatSeconds(step.totalMs),
        formatSeconds(step.meanMs),
        formatSeconds(step.stdMs),
        formatSeconds(step.minMs),
        formatSeconds(step.maxMs),
        formatSeconds(step.queueMeanMs),
      ]),
    ),
    2,
  );
}

/** Requests to the teachers and their cost; null if no teacher was asked. */
export function renderTeacher(variants: readonly VariantSummary[]): Html | null {
  const rows = variants.flatMap(({ variant, teacher }) =>
    teacher === null
      ? []
      : [
          [
            variant,
            ...[teacher.requests, teacher.promptTokens, teacher.completionTokens].map(String),
            teacher.costUsd === null ? "–" : teacher.costUsd.toFixed(4),
            String(teacher.reusedRequests),
          ],
        ],
  );
  if (rows.length === 0) return null;
  return renderTable(
    "Teacher (reused requests were paid for by other units)",
    ["variant", "requests", "prompt tokens", "completion tokens", "USD", "reused requests"],
    rows,
  );
}

/** A table whose first columns (one by default) are text and whose others are numbers. */
function renderTable(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  words = 1,
): Html {
  const kind = (column: number) => (column < words ? "" : "number");
  return html`<h3>${title}</h3>
    <div class="scroll-x">
      <table class="data">
        <thead>
          <tr>
            ${heads.map((head, place) => html`<th scope="col" class="${kind(place)}">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([first = "", ...cells]) =>
              html`<tr>
                <th scope="row">${first}</th>
                ${cells.map((cell, place) => html`<td class="${kind(place + 1)}">${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
