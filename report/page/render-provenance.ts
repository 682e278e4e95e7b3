import type { JsonValue } from "../../domain/json/value.js";
import { listVersions } from "../model/list-versions.js";
import type { ReportData, ReportSweep } from "../model/report-data.js";
import type { Html } from "./html.js";
import { html } from "./html.js";

/** Origin of each sweep's figures: what was run, with which versions, on which data. */
export function renderProvenance(data: ReportData): Html {
  return html`<section aria-labelledby="provenance-title">
    <h2 id="provenance-title">Provenance</h2>
    ${data.sweeps.length === 0 ? html`<p>No sweep of this name was run.</p>` : null}
    ${data.sweeps.map((sweep) => renderSweep(sweep, data.sweeps.length > 1))}
  </section>`;
}

function renderSweep({ record, units }: ReportSweep, several: boolean): Html {
  const versions = listVersions(units);
  const facts: [string, JsonValue][] = [
    ["sweep", record.name],
    ["status", record.status],
    ["config hash", `${record.configHash} (version ${record.hashVersion})`],
    ["model", record.config.model],
    ["seeds", record.config.seeds.join(", ")],
    ["created", record.createdAt],
    ["updated", record.updatedAt],
    ["tool", writeVersions(versions.tool)],
    ["engine", writeVersions(versions.engine)],
    ...Object.entries(record.provenance),
  ];
  return html`${several ? html`<h3>${record.name}</h3>` : null}
    <dl class="facts">${facts.map(([name, value]) => renderFact(name, value))}</dl>
    <details>
      <summary>Config as given</summary>
      <pre class="text code">${record.configText}</pre>
    </details>
    <details>
      <summary>Config with every default filled in</summary>
      <pre class="text code">${JSON.stringify(record.config, null, 2)}</pre>
    </details>`;
}

/** A single version as it is; several versions with their unit counts. */
function writeVersions(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  if (entries.length === 1) return entries[0]?.[0] ?? "";
  return entries.map(([version, units]) => `${version}: ${units} units`).join("; ");
}

function renderFact(name: string, value: JsonValue): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${renderValue(value)}</dd>
  </div>`;
}

/** Plain values as text, lists and objects as collapsed JSON. */
function renderValue(value: JsonValue): Html {
  if (value === null) return html`–`;
  if (typeof value !== "object") return html`${String(value)}`;
  const text = JSON.stringify(value, null, 2);
  if (text.length < 120) return html`<code>${JSON.stringify(value)}</code>`;
  return html`<details>
    <summary>show</summary>
    <pre class="text code">${text}</pre>
  </details>`;
}
