import type { Figure } from "../figures/figure.js";
import type { Html } from "./html.js";
import { html, raw } from "./html.js";

/** All figures with their captions; null if there are none. */
export function renderFigureSection(figures: readonly Figure[]): Html {
  if (figures.length === 0) return html``;
  return html`<section aria-labelledby="figures-title">
    <h2 id="figures-title">Figures</h2>
    <div class="figures">
      ${figures.map(
        (figure) =>
          html`<figure class="figure" id="figure-${figure.id}">
            <h3>${figure.title}</h3>
            <div class="picture" role="img" aria-label="${figure.title}">${raw(figure.svg)}</div>
            <figcaption>${figure.caption}</figcaption>
          </figure>`,
      )}
    </div>
  </section>`;
}
