import { isCheat } from "../../domain/methods/methods.js";
import type { ReportData, ReportSweep } from "../model/report-data.js";
import type { DatasetSummary, VariantSummary } from "../model/summarise-sweep.js";
import { formatP, formatPercent, formatPoints, formatPRange } from "./format.js";
import type { Html } from "./html.js";
import { html } from "./html.js";
import { labelNamed } from "../model/variant-roles.js";
import { pairedDifference } from "../statistics/flips.js";
import { renderIntervalPlot } from "./interval-plot.js";
import {
  renderControls,
  renderDenominators,
  renderModes,
  renderSteps,
  renderTeacher,
} from "./render-side-tables.js";

/** The results of every sweep: one table per dataset, with details collapsed. */
export function renderHeadlines(data: ReportData): Html {
  return html`${data.sweeps.map((sweep) => renderSweep(sweep, data.sweeps.length > 1))}`;
}

function renderSweep(sweep: ReportSweep, several: boolean): Html {
  const { summary, record } = sweep;
  const seeds = summary.seeds.length === 1 ? "1 seed" : `${summary.seeds.length} seeds`;
  const failed = summary.failed === 0 ? "none failed" : `${summary.failed} failed`;
  return html`<section class="sweep">
    ${several ? html`<h2>${record.name}</h2>` : null}
    <p class="lead">
      ${summary.answered} of ${summary.planned} units answered,
      ${failed}${summary.calibration === 0 ? "" : `; ${summary.calibration} more choose tau and are not reported`};
      ${seeds}; model
      <code>${summary.model}</code>; sweep
      ${record.status}${record.statusReason === null ? "" : `: ${record.statusReason}`}.
    </p>
    ${summary.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
    ${summary.datasets.map((dataset) => {
      const link = `#${several ? `sweep=${encodeURIComponent(record.name)}&` : ""}dataset=${encodeURIComponent(dataset.dataset)}`;
      return renderDataset(dataset, summary.seeds.length, link);
    })}
    ${renderThresholds(sweep)}
  </section>`;
}

/** `link`: URL of the dataset's units in the explorer. */
function renderDataset(dataset: DatasetSummary, seeds: number, link: string): Html {
  const { variants } = dataset;
  return html`<section class="dataset">
    <h2>${dataset.dataset}</h2>
    ${renderSentence(variants)}
    <p class="swipe">Swipe the table sideways for all columns.</p>
    <div class="scroll-x" tabindex="0" role="region" aria-label="Results on ${dataset.dataset}">
      <table class="data headline">
        <thead>
          <tr>
            <th scope="col">variant</th>
            <th scope="col" class="number" title="Answers, right or wrong, over all seeds">n</th>
            <th scope="col" class="number" title="Right answers of n, mean over seeds">soft %</th>
            <th scope="col" title="95 %, clustered by sample; dashed: base">95 % interval</th>
            <th scope="col" class="number" title="The same with strings compared exactly">
              strict %
            </th>
            <th
              scope="col"
              class="number"
              title="Points against base, with the paired bootstrap's 95 % interval"
            >
              Δ base
            </th>
            <th scope="col" class="number" title="Wrong with base, right here">gained</th>
            <th scope="col" class="number" title="Right with base, wrong here">lost</th>
            <th
              scope="col"
              class="number"
              title="Exact McNemar, two-sided${seeds > 1 ? ", least to largest of the seeds" : ""}"
            >
              p McNemar
            </th>
            <th scope="col" class="number" title="Paired bootstrap over samples, 10,000 draws">
              p bootstrap
            </th>
            <th scope="col" class="number" title="The comparison's p adjusted over benchmarks">
              Holm
            </th>
            <th scope="col" class="number" title="Share answered by an adapted model">adapted %</th>
          </tr>
        </thead>
        <tbody>
          ${variants.map((row) => renderRow(row, variants, link))}
        </tbody>
      </table>
    </div>
    <p class="note">
      Right answers of n; unparsable answers are wrong, failed units are excluded. A gain that a
      control shares needs no synthesis, or no training.
    </p>
    ${renderModes(variants)} ${renderControls(variants)}
    <details>
      <summary>What was counted, and seconds per step</summary>
      ${renderDenominators(variants)} ${renderSteps(variants)} ${renderTeacher(variants)}
    </details>
  </section>`;
}

function renderRow(row: VariantSummary, all: readonly VariantSummary[], link: string): Html {
  const { statistics, flips } = row;
  const base = all.find((each) => each.variant === flips?.against);
  // Over the pairs, as its interval is: the accuracies may be of different samples while the sweep runs.
  const difference = flips === null ? null : pairedDifference(flips);
  const isProvisional = (base ?? row).provisionalOf !== null || row.provisionalOf !== null;
  const { bootstrap, interval, holm, mcnemar } = statistics;
  const units = `${link}&variant=${encodeURIComponent(row.variant)}`;
  const flipLink = (count: number, kind: string) =>
    count === 0 ? html`0` : html`<a href="${units}&flip=${kind}">${count}</a>`;
  return html`<tr class="${row.control ? "is-control" : ""}">
    <th scope="row"><a href="${units}">${row.variant}</a>${renderTag(row)}</th>
    <td class="number">
      ${row.n}${row.provisionalOf === null ? null : html` <span class="range">provisional, ${row.n} of ${row.provisionalOf}</span>`}
    </td>
    <td class="number strong">
      ${formatPercent(row.soft.mean)}${renderDeviation(row.soft.deviation)}
    </td>
    <td class="plot">
      ${renderIntervalPlot(row.soft.mean, interval, isProvisional ? null : (base?.soft.mean ?? null), all)}
      <span class="range"
        >${interval === null ? "–" : `${formatPercent(interval.low)}–${formatPercent(interval.high)}`}</span
      >
    </td>
    <td class="number">${formatPercent(row.strict.mean)}</td>
    <td class="number">
      ${formatPoints(difference)}
      ${bootstrap === null ? null : html`<span class="range">[${formatPoints(bootstrap.low)}, ${formatPoints(bootstrap.high)}]</span>`}
    </td>
    <td class="number gain">${flips === null ? "–" : flipLink(flips.gained, "gained")}</td>
    <td class="number loss">${flips === null ? "–" : flipLink(flips.lost, "lost")}</td>
    <td class="number">${formatPRange(mcnemar.map((each) => each.p))}</td>
    <td class="number">${formatP(bootstrap?.p)}</td>
    <td class="number">${formatP(holm)}</td>
    <td class="number">${formatPercent(row.adaptedShare)}</td>
  </tr>`;
}

function renderDeviation(deviation: number | null): Html | null {
  return deviation === null
    ? null
    : html` <span class="range">± ${formatPercent(deviation)}</span>`;
}

function renderTag(row: VariantSummary): Html | null {
  if (isCheat(row.method)) {
    return html` <span class="tag tag-cheat">cheat</span>`;
  }
  return row.control ? html` <span class="tag">control</span>` : null;
}

/**
 * Summarizes the dataset in one sentence: the best variant that is neither control nor cheat,
 * compared with base.
 */
function renderSentence(variants: readonly VariantSummary[]): Html | null {
  const own = variants.filter(
    (row) => row.flips !== null && renderTag(row) === null && row.soft.mean !== null,
  );
  const best = [...own].sort((a, b) => (b.soft.mean ?? 0) - (a.soft.mean ?? 0))[0];
  const base = variants.find((row) => row.variant === best?.flips?.against);
  if (best?.flips === null || best === undefined || base === undefined) return null;
  const p = formatPRange(best.statistics.mcnemar.map((each) => each.p));
  if (variants.some((row) => row.provisionalOf !== null)) return renderProvisional(variants);
  const control = [...variants]
    .filter((row) => row.control && row.soft.mean !== null)
    .sort((a, b) => (b.soft.mean ?? 0) - (a.soft.mean ?? 0))[0];
  const beside =
    control === undefined
      ? null
      : html` The best control, ${control.variant}: ${formatPercent(control.soft.mean)} %.`;
  return html`<p class="sentence">
    <strong>${best.variant}</strong> answers
    <strong>${formatPercent(best.soft.mean)} %</strong> right, ${base.variant}
    ${formatPercent(base.soft.mean)} %: ${best.flips.gained} gained, ${best.flips.lost} lost (p
    ${p}).${beside}
  </p>`;
}

/** While units are missing, only samples that both have answered are compared. */
function renderProvisional(variants: readonly VariantSummary[]): Html {
  const items = variants.flatMap(({ variant, flips, provisionalOf, n }) => {
    if (flips === null || flips.pairs === 0) return [];
    const of = provisionalOf === null ? "" : ` (provisional, ${n} of ${provisionalOf})`;
    const { pairs, gained, lost, against } = flips;
    return [
      html`<li>
        <strong>${variant}</strong>${of} against ${against} on the ${pairs} samples that both have
        answered: ${gained} gained, ${lost} lost
      </li>`,
    ];
  });
  return html`<div class="sentence">
    Provisional: not all units have ended.
    ${
      items.length === 0
        ? null
        : html`<ul>
            ${items}
          </ul>`
    }
  </div>`;
}

function renderThresholds({ thresholds, record }: ReportSweep): Html | null {
  if (thresholds.length === 0) return null;
  const items = thresholds.map(({ variant, seed, tau, details }) => {
    const count = typeof details["count"] === "number" ? ` on ${details["count"]} records` : "";
    return html`<li>
      ${labelNamed(record.config.variants, variant)}, seed ${seed}: tau
      ${Number(tau.toPrecision(4))} by Youden's J${count}, none of them reported here
    </li>`;
  });
  return html`<details>
    <summary>Thresholds chosen by calibration</summary>
    <ul>
      ${items}
    </ul>
  </details>`;
}
