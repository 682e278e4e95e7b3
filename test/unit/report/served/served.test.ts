import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectReportData } from "../../../../report/model/report-data.js";
import { describeServed } from "../../../../report/served/describe-served.js";
import { renderServedText } from "../../../../report/served/render-served-text.js";
import type { ServedSummary } from "../../../../report/served/summarise-served.js";
import { summariseServed } from "../../../../report/served/summarise-served.js";
import { tabulateServed } from "../../../../report/served/tabulate-served.js";
import { writeReport } from "../../../../report/write-report.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import { makeSweep } from "../../store/fixtures.js";
import { readPage } from "../read-page.js";
import type { MadeRequest } from "./served-store.js";
import { putServed } from "./served-store.js";

const folder = mkdtempSync(join(tmpdir(), "whetstone-served-"));
let count = 0;
let store: Store;
beforeEach(async () => {
  store = await openStore(`sqlite:${join(folder, `${count++}.db`)}`);
});
afterEach(() => store.close());
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const AT = "2026-01-01T10:30:00.000Z";
const LATER = "2026-01-01T12:00:00.000Z";

/** Six different adapted requests: 5 right, 2 of the base model's; 4 gained, 1 lost. */
const ADAPTED: readonly MadeRequest[] = (
  [
    [true, false],
    [true, false],
    [true, false],
    [true, false],
    [true, true],
    [false, true],
  ] as const
).map((right) => ({ acceptedAt: AT, from: "adapted", right }));

const OTHERS: readonly MadeRequest[] = [
  { acceptedAt: LATER, from: "base", right: [true, true] },
  { acceptedAt: LATER, from: "base", verdict: false },
  { acceptedAt: LATER, from: "base", uncertain: true, failed: true },
  { acceptedAt: LATER, from: "late", uncertain: true },
  { acceptedAt: LATER, from: null, failed: true },
  { acceptedAt: LATER, from: null },
  { acceptedAt: LATER, from: "adapted", verdict: true },
];

async function summarise(requests: readonly MadeRequest[]): Promise<ServedSummary> {
  await putServed(store, requests);
  return (await summariseServed(store, "app"))!;
}

describe("served requests", () => {
  it("are counted by how they ended, over time", async () => {
    const { totals, periods } = await summarise([...ADAPTED, ...OTHERS]);
    expect(totals).toEqual({
      ...{ asked: 13, uncertain: 9, adapted: 7, base: 2, fallback: 1, late: 1, failed: 1, open: 1 },
    });
    expect(periods.map(({ period, asked, feedback }) => ({ period, asked, feedback }))).toEqual([
      {
        ...{ period: "2026-01-01 10:00", asked: 6 },
        feedback: { n: 6, soft: 5 / 6, pairs: 6, adapted: 5 / 6, base: 2 / 6 },
      },
      {
        ...{ period: "2026-01-01 12:00", asked: 7 },
        feedback: { n: 3, soft: 2 / 3, pairs: 0, adapted: null, base: null },
      },
    ]);
  });

  it("are counted by day if they are more than two days apart", async () => {
    const { periods } = await summarise([
      { acceptedAt: AT, from: "base" },
      { acceptedAt: LATER, from: "base" },
      { acceptedAt: "2026-01-03T11:00:00.000Z", from: "base" },
    ]);
    expect(periods.map(({ period, asked }) => [period, asked])).toEqual([
      ["2026-01-01", 2],
      ["2026-01-03", 1],
    ]);
  });

  it("have the statistics of sweeps where the base model's answers are judged, too", async () => {
    const { feedback } = await summarise([...ADAPTED, ...OTHERS]);
    const [adapted, base, all] = feedback;
    expect(feedback.map(({ answers, n }) => [answers, n])).toEqual([
      ["adapted", 7],
      ["base", 2],
      ["all", 9],
    ]);
    // A verdict counts for the answer that was served, not in the comparison.
    expect(adapted).toMatchObject({ soft: 6 / 7, strict: 5 / 6 });
    expect(adapted?.againstBase).toMatchObject({
      ...{ pairs: 6, served: 5 / 6, base: 2 / 6, gained: 4, lost: 1, difference: 0.5 },
      p: 0.375,
    });
    const { low, high } = adapted!.againstBase!.bootstrap;
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    expect(base?.againstBase).toBeNull();
    expect(all?.againstBase).toMatchObject({ pairs: 7, gained: 4, lost: 1, p: 0.375 });
  });

  it("that ask the same are no independent evidence", async () => {
    const same = Array.from({ length: 20 }, (): MadeRequest => ({
      ...{ acceptedAt: AT, from: "adapted", asks: "the same", right: [true, false] },
    }));
    const { feedback } = await summarise([...same, ...ADAPTED]);
    const compared = feedback[0]!.againstBase!;
    expect(compared).toMatchObject({ pairs: 26, gained: 24, lost: 1 });
    expect(compared.p).toBe(compared.bootstrap.p);
    // 25 independent flips would give less than 1e-5.
    expect(compared.p).toBeGreaterThan(0.01);
  });

  it("read as sentences and tables in a terminal", async () => {
    const summary = await summarise([...ADAPTED, ...OTHERS]);
    expect(describeServed(summary)).toEqual([
      "13 requests, 9 uncertain: 7 answered by the adapted model, 2 by the base model, 1 by the base model because the method failed, 1 late, 1 failed, 1 without an answer yet.",
      "By feedback with the right calls on 6 adapted answers, 83.3 % are right, and 33.3 % of the base model's answers to the same requests: +50.0 points, 4 gained, 1 lost (p 0.375).",
    ]);
    const text = renderServedText(summary);
    expect(text).toMatch(/^served as app: 13 requests, /);
    expect(text).toContain(
      [
        "accepted          asked  uncertain  adapted  base  fallback  late  failed  open  feedback  right %  pairs  adapted %  base %",
        "----------------------------------------------------------------------------------------------------------------------------",
        "2026-01-01 10:00      6          6        6     0         0     0       0     0         6     83.3      6       83.3    33.3",
        "2026-01-01 12:00      7          3        1     2         1     1       1     1         3     66.7      0         --      --",
        "all                  13          9        7     2         1     1       1     1         9     77.8      6       83.3    33.3",
      ].join("\n"),
    );
    for (const line of renderServedText(summary, 80).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("without feedback have no columns for it", async () => {
    const summary = await summarise([{ acceptedAt: AT, from: "base" }]);
    const [table, ...others] = tabulateServed([summary]);
    expect(others).toEqual([]);
    expect(table?.columns.map(({ head }) => head)).not.toContain("feedback");
    expect(table?.rows).toEqual([["2026-01-01 10:00", 1, 0, 0, 1, 0, 0, 0, 0]]);
  });
});

describe("a report", () => {
  it("of a name that was only served has a page, tables and provenance", async () => {
    await putServed(store, [...ADAPTED, ...OTHERS]);
    const data = await collectReportData(store, ["app"]);
    const out = join(folder, "only-served");
    const files = await writeReport(data, out, { temporalUiUrl: "", namespace: "default" });
    expect(files).toEqual([
      "index.html",
      ...["served-requests", "served-feedback"].flatMap((table) =>
        ["md", "tex", "csv"].map((type) => `tables/${table}.${type}`),
      ),
      "provenance.json",
    ]);
    const page = readFileSync(join(out, "index.html"), "utf8");
    expect(page).toContain('<h2 id="served-title">Served requests</h2>');
    expect(page).toContain('<section id="explorer" hidden');
    const provenance: unknown = JSON.parse(readFileSync(join(out, "provenance.json"), "utf8"));
    expect(provenance).toMatchObject({ sweeps: [], served: [{ name: "app" }] });
  });

  it("of a sweep of the same name has both", async () => {
    await store.createSweep(makeSweep({ name: "app" }));
    expect((await collectReportData(store, ["app"])).served).toEqual([]);
    await putServed(store, ADAPTED);
    const data = await collectReportData(store, ["app"]);
    expect(data.sweeps.map(({ record }) => record.name)).toEqual(["app"]);
    const page = await readPage(data);
    expect(page).toContain('<a href="#served">Served</a>');
    expect(page).toContain('<a href="#explorer">Samples</a>');
  });

  it("of an unknown name is refused", async () => {
    await expect(collectReportData(store, ["app"])).rejects.toMatchObject({
      code: "SWEEP_NOT_FOUND",
    });
  });
});
