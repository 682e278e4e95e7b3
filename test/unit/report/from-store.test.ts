import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { ReportData } from "../../../report/model/report-data.js";
import { collectReportData } from "../../../report/model/report-data.js";
import { renderPaperComparison } from "../../../report/paper/render-paper-comparison.js";
import { writeReport } from "../../../report/write-report.js";
import { openStore } from "../../../store/open-store.js";
import { makeReport } from "../../browser/make-report.js";
import { makeReportSweep } from "./fixtures.js";
import type { MadeReportSweep } from "./with-texts.js";
import { summariseRows, withTexts } from "./with-texts.js";

const folder = mkdtempSync(join(tmpdir(), "whetstone-from-store-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Both reports of the same sweeps: read from a store, and over rows in memory. */
async function makeBoth(name: string, made: readonly MadeReportSweep[]) {
  const store = await openStore(`sqlite:${join(folder, `${name}.db`)}`);
  const whole: MadeReportSweep[] = [];
  for (const sweep of made) {
    const record = await store.createSweep(sweep.record);
    await store.putSamples("lookalike", "hash", [...sweep.samples.values()]);
    await store.putUnits(sweep.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
    for (const row of sweep.units) await store.putResult(row);
    const { units, samples } = sweep;
    const loaded = { record, thresholds: [], planned: units.length, calibration: 0, samples };
    const plannedEach = new Map([["lookalike", samples.size * record.config.seeds.length]]);
    const summary = summariseRows({ ...loaded, rows: units, plannedEach });
    whole.push(withTexts({ record, summary, thresholds: [], units, samples }));
  }
  const names = made.map(({ record }) => record.name);
  const streamed = await collectReportData(store, names);
  return { store, streamed, whole: { ...streamed, sweeps: whole } };
}

async function writeAll(data: ReportData, name: string): Promise<Record<string, string>> {
  const out = join(folder, name);
  await writeReport(data, out, { temporalUiUrl: "http://127.0.0.1:8233", namespace: "default" });
  const paths = readdirSync(out, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(out, path)).isFile()).sort();
  return Object.fromEntries(
    files.map((path) => [path, readFileSync(join(out, path)).toString("base64")]),
  );
}

it("a report from the store has the bytes of one over rows in memory", async () => {
  const made = ["first", "second"].flatMap((sweep) => makeReport({ samples: 24, sweep }).sweeps);
  const { store, streamed, whole } = await makeBoth("large", made);
  const files = await writeAll(streamed, "streamed");
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([
      "figures/figure-7-embedding-first.svg",
      "figures/losses-second.svg",
      "figures/figure-5-margins-first.svg",
      "tables/latency.csv",
      "results.parquet",
    ]),
  );
  expect(files).toEqual(await writeAll(whole, "whole"));
  await store.close();
}, 120_000);

it("figures of several answers per unit are the same, too", async () => {
  const { store, streamed, whole } = await makeBoth("several", [makeReportSweep({ seeds: 2 })]);
  expect(streamed.sweeps[0]?.summary).toEqual(whole.sweeps[0]?.summary);
  expect(streamed.sweeps[0]?.summary.datasets[0]?.variants[0]?.modes?.k).toBe(3);
  await store.close();
});

it("no text stays in memory but those of the sample that a figure shows", async () => {
  const [sweep] = makeReport({ samples: 24 }).sweeps;
  const { config } = sweep!.record;
  const record = { ...sweep!.record, config: { ...config, experiment: "figure-7" as const } };
  const { store, streamed, whole } = await makeBoth("shown", [{ ...sweep!, record }]);
  const [one] = streamed.sweeps;
  const shown = one!.units.filter(({ trace }) => (trace.synthesis?.pairs.length ?? 0) > 0);
  expect(shown.map(({ variant }) => variant)).toEqual(["tt-si-k4"]);
  const texts = [...one!.samples.values()].filter((entry) => entry.sample.messages !== undefined);
  expect(texts.map((entry) => entry.sample.key)).toEqual([shown[0]?.sampleKey]);
  expect(JSON.stringify(one!.units)).not.toContain("<tool_call>");
  expect(renderPaperComparison(one!)).toBe(renderPaperComparison(whole.sweeps[0]!));
  await store.close();
});
