import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chooseThresholds } from "../../../../activities/cpu/choose-thresholds.js";
import type { CandidateScore } from "../../../../domain/units/trace.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import { parse } from "../../domain/config/fixtures.js";
import { makeResult, makeSampleKey, makeSweep, makeUnit } from "../../store/fixtures.js";

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-thresholds-"));
  store = await openStore(`sqlite:${join(folder, "whetstone.db")}`);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const candidate = (
  name: string,
  logLikelihood: number,
  queryLogLikelihood?: number,
): CandidateScore => ({
  ...{ name, logLikelihood, tokenCount: 1, probability: 0.5 },
  ...(queryLogLikelihood === undefined ? {} : { queryLogLikelihood }),
});

/** A sweep with calibration rows of these scores; the base model is right where the flag says so. */
async function calibrate(
  sweep: string,
  variants: readonly string[],
  rows: readonly (readonly [readonly CandidateScore[], boolean])[],
): Promise<void> {
  const config = parse(
    `sweep: ${sweep}\nmodel: tiny\ndataset: { format: lookalike, calibration: 5 }\nvariants: [${variants.join(", ")}]`,
  );
  await store.createSweep(makeSweep({ name: sweep, config }));
  for (const [row, [candidates, correct]] of rows.entries()) {
    const unit = makeUnit(row, { sweep, variant: "calibration", role: "calibration" });
    const margin = 0;
    const uncertainty = { estimator: "channel", candidates, margin, tau: 0, uncertain: false };
    await store.putUnits([unit]);
    await store.putResult(
      makeResult(unit, {
        correct,
        candidateCount: candidates.length,
        trace: { uncertainty, timings: [] },
      }),
    );
  }
}

it("chooses each variant's tau by its own estimator, from one set of scores", async () => {
  const rss = "{ name: by-rss, method: tt-si, tau: auto }";
  const channel = "{ name: by-channel, method: tt-si, tau: auto, estimator: channel }";
  // By name the wrong answer is the surer one; with the query it is the less sure one.
  const rows = [
    [[candidate("a", -1, -9), candidate("b", -5, -5.5)], false],
    [[candidate("a", -1, -2), candidate("b", -2, -9)], true],
  ] as const;
  await calibrate("mixed", [rss, channel], rows);
  await chooseThresholds(store, { sweep: "mixed" });
  const details = new Map(
    (await store.listThresholds("mixed")).map(({ variant, details }) => [variant, details]),
  );
  expect(details.get("by-rss")).toMatchObject({ auroc: 0, count: 2, wrong: 1 });
  expect(details.get("by-channel")).toMatchObject({ auroc: 1, youdenJ: 1, count: 2, wrong: 1 });
});

it("rejects rows that were scored without the channel", async () => {
  const rows = [[[candidate("a", -1), candidate("b", -5)], false]] as const;
  await calibrate(
    "unheard",
    ["{ name: by-channel, method: tt-si, tau: auto, estimator: channel }"],
    rows,
  );
  await expect(chooseThresholds(store, { sweep: "unheard" })).rejects.toMatchObject({
    code: "CHANNEL_NOT_SCORED",
    message: `candidate "a" of sample ${makeSampleKey(0)} was scored without the channel`,
  });
  expect(await store.listThresholds("unheard")).toEqual([]);
});

it("leaves out samples with one tool and counts them", async () => {
  const rows = [
    [[candidate("a", -1), candidate("b", -1.5)], false],
    [[candidate("a", -1), candidate("b", -9)], true],
    [[candidate("a", -1)], false],
  ] as const;
  await calibrate("singles", ["{ method: tt-si, tau: auto }"], rows);
  const { thresholds } = await chooseThresholds(store, { sweep: "singles" });
  expect(thresholds).toMatchObject([{ variant: "tt-si", records: 2 }]);
  expect((await store.listThresholds("singles"))[0]?.details).toMatchObject({
    ...{ count: 2, wrong: 1, single: 1, failed: 0 },
    records: [`lookalike/${makeSampleKey(0)}`, `lookalike/${makeSampleKey(1)}`],
  });
  await calibrate("only-singles", ["{ method: tt-si, tau: auto }"], rows.slice(2));
  await expect(chooseThresholds(store, { sweep: "only-singles" })).rejects.toMatchObject({
    code: "CALIBRATION_EMPTY",
    message: "No calibration record of seed 0 offers more than one tool.",
  });
});
