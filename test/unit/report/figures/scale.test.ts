import { expect, it } from "vitest";
import type { FigureContext } from "../../../../report/figures/context.js";
import { listVariants, placeVariants } from "../../../../report/figures/context.js";
import { draftScales } from "../../../../report/figures/scale.js";
import { encodePlaces } from "../../../../report/figures/theme.js";
import type { ReportSweep } from "../../../../report/model/report-data.js";
import { makeReportSweep } from "../fixtures.js";

/** The figures' context of a sweep on another model, without one of its variants. */
function contextOf(model: string, without = ""): FigureContext {
  const made = makeReportSweep({ name: model });
  const config = { ...made.record.config, model };
  const sweep: ReportSweep = { ...made, record: { ...made.record, config } };
  const dataset = made.summary.datasets[0]!;
  const variants = dataset.variants.filter(({ variant }) => variant !== without);
  return { sweep, dataset: { ...dataset, variants }, rows: made.units, suffix: "", where: model };
}

it("gives variants the colors and shapes that they have in the sweep's other figures", () => {
  const first = contextOf("small", "argmax-name");
  const second = contextOf("large");
  const [draft] = draftScales([first, second], () => []);
  const labels = listVariants(first).map(({ label }) => label);
  const { color, shape } = encodePlaces("variant", placeVariants(first, labels), {});
  const found = JSON.stringify(draft?.spec);
  expect(labels.length).toBeGreaterThan(2);
  expect(found).toContain(JSON.stringify(shape));
  expect(found).toContain(JSON.stringify(color));
});
