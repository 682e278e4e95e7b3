import { expect, it } from "vitest";
import { renderPage } from "../../../report/page/render-page.js";
import { renderSummaryTable } from "../../../report/text/summary-table.js";
import { summariseRows } from "../../../report/model/summarise-sweep.js";
import { makeReport } from "../../browser/make-report.js";

const WARNING = "lookalike: model tiny knows only its bundled world";

function makeWith(format: string) {
  const data = makeReport({ samples: 4 });
  const sweeps = data.sweeps.map(({ record, units, samples }) => {
    const datasets = record.config.datasets.map((dataset) => ({ ...dataset, format }));
    const changed = { ...record, config: { ...record.config, datasets } };
    const summary = summariseRows({
      ...{ record: changed, rows: units, thresholds: [], planned: units.length, samples },
    });
    return { record: changed, summary, thresholds: [], units, samples };
  });
  return { ...data, sweeps };
}

it("table and page say that the bundled model does not know other data", () => {
  const foreign = makeWith("openai-jsonl");
  const own = makeWith("lookalike");
  const [table, ownTable] = [foreign, own].map(({ sweeps }) =>
    sweeps.map(({ summary }) => renderSummaryTable(summary)).join(),
  );
  expect(table).toContain(`warning: ${WARNING}`);
  expect(ownTable).not.toContain("warning");
  expect(renderPage(foreign, { figures: [] })).toContain(WARNING);
  expect(renderPage(own, { figures: [] })).not.toContain(WARNING);
});
