import { createHash } from "node:crypto";
import type { Figure } from "../figures/figure.js";
import type { ReportData } from "../model/report-data.js";
import { readBrowserCode, readStyles } from "./browser-code.js";
import { buildPageModel } from "./build-page-model.js";
import { html, raw } from "./html.js";
import { pack } from "./pack.js";
import { renderFigureSection } from "./render-figure-section.js";
import { renderHeadlines } from "./render-headlines.js";
import { renderProvenance } from "./render-provenance.js";
import { renderServed } from "./render-served.js";

/** Start of the element that holds the data; the last thing on the page before its script. */
const PACKS = '<div id="packs" hidden>';

/** Page options besides the report's data. */
export interface PageOptions {
  readonly figures: readonly Figure[];
  /**
   * Set if the page is served while the sweep runs and polls for newer versions; absent for a
   * static file.
   */
  readonly live?: { readonly version: string };
  /** Base URL of the Temporal UI for links to a unit's history; default: the local server's. */
  readonly temporalUiUrl?: string;
  readonly namespace?: string;
}

/**
 * The report as one self-contained HTML file. Its content security policy blocks every request.
 * Headline tables, figures and provenance are plain HTML; the units are packed JSON that the page's
 * script unpacks. The same input gives the same bytes. The page comes in pieces, because the units of a large sweep are
 * longer than everything else.
 */
export async function* renderPage(data: ReportData, options: PageOptions): AsyncGenerator<string> {
  const { temporalUiUrl = "http://127.0.0.1:8233", namespace = "default" } = options;
  const link = `${temporalUiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/`;
  const model = await buildPageModel(data, link);
  const code = readBrowserCode();
  const styles = readStyles();
  const served = data.served ?? [];
  const names = listNames(data).join(", ");
  const hasSamples = data.sweeps.length > 0;
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(code)}`,
    `style-src ${hashSource(styles)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    `connect-src ${options.live === undefined ? "'none'" : "'self'"}`,
  ].join("; ");
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="${data.generatedBy}" />
        <title>${names} – Whetstone report</title>
        <style>${raw(styles)}</style>
      </head>
      <body${options.live === undefined ? "" : html` data-version="${options.live.version}"`}>
        ${hasSamples ? html`<a class="skip" href="#explorer">Skip to the samples</a>` : null}
        <header class="page-head">
          <p class="brand">Whetstone</p>
          <nav aria-label="Parts of the report">
            ${hasSamples ? html`<a href="#results">Results</a>` : null}
            ${served.length === 0 ? null : html`<a href="#served">Served</a>`}
            ${options.figures.length === 0 ? null : html`<a href="#figures">Figures</a>`}
            ${hasSamples ? html`<a href="#explorer">Samples</a>` : null}
            <a href="#provenance">Provenance</a>
          </nav>
          <button type="button" class="quiet" id="theme" hidden></button>
        </header>
        <main>
          <h1>${names}</h1>
          <p class="live" id="live" role="status"></p>
          <div data-part="results" id="results">${renderHeadlines(data)}</div>
          <div data-part="figures" id="figures">${renderFigureSection(options.figures)}</div>
          <div data-part="served" id="served">${renderServed(served)}</div>
          <section id="explorer"${hasSamples ? "" : html` hidden`} aria-labelledby="explorer-title">
            <h2 id="explorer-title">Samples</h2>
            <noscript><p>The sample explorer needs JavaScript; everything else is on this page.</p></noscript>
            <div class="filters" id="filters" role="search"></div>
            <div class="count-line">
              <p id="count" role="status">Opening…</p>
              <span id="reset"></span>
            </div>
            <p class="empty" id="empty" hidden></p>
            <p class="swipe">Swipe the table sideways for all columns.</p>
            <div id="units" class="grid"></div>
            <p class="note">
              Arrow keys move in the table, Enter opens a unit, Escape closes it, ← and → step through
              the units found, / searches. The URL stores filters and the open unit, so you can share it.
            </p>
          </section>
          <div data-part="provenance" id="provenance">${renderProvenance(data)}</div>
        </main>
        <footer class="page-foot">Made by ${data.generatedBy}.</footer>
        <dialog id="sample"></dialog>
        <div id="packs" hidden></div>
        <script type="module">${raw(code)}</script>
      </body>
    </html>
`;
  const end = text.lastIndexOf(PACKS) + PACKS.length;
  yield text.slice(0, end);
  yield renderPack("index", await pack(model.index));
  for (const [number, chunk] of model.chunks.entries()) yield renderPack(`chunk-${number}`, chunk);
  yield text.slice(end);
}

/** The names of the report's sweeps and endpoints, each once. */
function listNames({ sweeps, served = [] }: ReportData): string[] {
  const names = [...sweeps.map(({ record }) => record.name), ...served.map((each) => each.served)];
  return [...new Set(names)];
}

/** Data for the page's script, with a type that no browser executes. */
function renderPack(name: string, packed: string): string {
  return html`<script type="application/octet-stream" data-pack="${name}">
    ${raw(packed)}
  </script> `.text;
}

/** A CSP source that allows exactly one inline text, by its hash. */
function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
