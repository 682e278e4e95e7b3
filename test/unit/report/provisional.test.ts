import { expect, it } from "vitest";
import { renderSummaryTable } from "../../../report/text/summary-table.js";
import { readPage } from "./read-page.js";
import { makeReportData, makeReportSweep } from "./fixtures.js";
import { summariseRows, withTexts } from "./with-texts.js";

/** The report of a sweep in which only base and the first two samples of the others have ended. */
function makeRunning() {
  const { record, units, samples } = makeReportSweep();
  const first = new Set([...samples.keys()].sort().slice(0, 2));
  const ended = units.filter(
    ({ variant, dataset, sampleKey }) => variant === "base" || first.has(`${dataset}/${sampleKey}`),
  );
  const summary = summariseRows({
    ...{ record, rows: ended, thresholds: [], planned: units.length, samples },
    ...{ plannedEach: new Map([["lookalike", 10]]), calibration: 5 },
  });
  return makeReportData(withTexts({ record, summary, thresholds: [], units: ended, samples }));
}

it("while units are missing, table and page say so and compare pairs only", async () => {
  const data = makeRunning();
  const summary = data.sweeps[0]!.summary;
  const variant = summary.datasets[0]!.variants.find((row) => row.variant === "tt-si")!;
  expect([variant.n, variant.provisionalOf, variant.flips?.pairs]).toEqual([2, 10, 2]);

  const table = renderSummaryTable(summary);
  expect(table).toMatch(/^tt-si .* 2 of 10 /m);
  expect(table).toContain("provisional: not all units have ended");
  expect(table).toContain("5 more units choose tau; they are not reported.");

  const page = (await readPage(data)).replaceAll(/\s+/g, " ");
  expect(page).toContain("Provisional: not all units have ended.");
  expect(page).toContain(
    "<strong>tt-si</strong> (provisional, 2 of 10) against base on the 2 samples",
  );
  expect(page).toContain("provisional, 2 of 10</span>");
  expect(page).toContain("; 5 more choose tau and are not reported");
  expect(page).not.toContain("<strong>tt-si</strong> answers");
});

it("a finished sweep is not called provisional", async () => {
  const data = makeReportData(makeReportSweep());
  expect(renderSummaryTable(data.sweeps[0]!.summary)).not.toContain("provisional");
  expect(await readPage(data)).not.toMatch(/[Pp]rovisional/);
});
