import { expect, it } from "vitest";
import { renderSummaryTable } from "../../../report/text/summary-table.js";
import { makeReport } from "../../browser/make-report.js";
import { readPage } from "./read-page.js";
import { summariseRows, withTexts } from "./with-texts.js";

const WARNING = "lookalike: model tiny knows only its bundled world";

function makeWith(format: string) {
  const data = makeReport({ samples: 4 });
  const sweeps = data.sweeps.map(({ record, units, samples }) => {
    const datasets = record.config.datasets.map((dataset) => ({ ...dataset, format }));
    const changed = { ...record, config: { ...record.config, datasets } };
    const summary = summariseRows({
      ...{ record: changed, rows: units, thresholds: [], planned: units.length, samples },
    });
    return withTexts({ record: changed, summary, thresholds: [], units, samples });
  });
  return { ...data, sweeps };
}

it("table and page say that the bundled model does not know other data", async () => {
  const foreign = makeWith("openai-jsonl");
  const own = makeWith("lookalike");
  const [table, ownTable] = [foreign, own].map(({ sweeps }) =>
    sweeps.map(({ summary }) => renderSummaryTable(summary)).join(),
  );
  expect(table).toContain(`warning: ${WARNING}`);
  expect(ownTable).not.toContain("warning");
  expect(await readPage(foreign)).toContain(WARNING);
  expect(await readPage(own)).not.toContain(WARNING);
});
