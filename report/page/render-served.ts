import { describeServed } from "../served/describe-served.js";
import type { ServedSummary } from "../served/summarise-served.js";
import { tabulateServed } from "../served/tabulate-served.js";
import type { Table } from "../tables/table.js";
import { formatCell, isNumeric } from "../tables/table.js";
import type { Html } from "./html.js";
import { html } from "./html.js";

/** What endpoints were asked and how they answered; null if nothing was served. */
export function renderServed(served: readonly ServedSummary[]): Html | null {
  if (served.length === 0) return null;
  return html`<section aria-labelledby="served-title">
    <h2 id="served-title">Served requests</h2>
    ${served.map(
      (summary) =>
        html`${served.length > 1 ? html`<h3>${summary.served}</h3>` : null}
        ${describeServed(summary).map((sentence) => html`<p class="lead">${sentence}</p>`)}
        ${tabulateServed([summary]).map(renderTable)}`,
    )}
  </section>`;
}

function renderTable({ title, columns, rows, notes }: Table): Html {
  const kinds = columns.map((column) => (isNumeric(column) ? "number" : ""));
  return html`<h3>${title}</h3>
    <p class="swipe">Swipe the table sideways for all columns.</p>
    <div class="scroll-x" tabindex="0" role="region" aria-label="${title}">
      <table class="data">
        <thead>
          <tr>
            ${columns.map(({ head }, place) => html`<th scope="col" class="${kinds[place]}">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([first = null, ...cells]) =>
              html`<tr>
                <th scope="row">${first}</th>
                ${cells.map((cell, place) => html`<td class="${kinds[place + 1]}">${formatCell(cell, columns[place + 1]?.kind ?? "text")}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${notes.map((note) => html`<p class="note">${note}</p>`)}`;
}
