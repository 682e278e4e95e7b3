import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chooseThresholds } from "../../../../activities/cpu/choose-thresholds.js";
import type { AnswerEvidence } from "../../../../domain/uncertainty/answer-evidence.js";
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
  rows: readonly (readonly [readonly CandidateScore[], boolean, AnswerEvidence?])[],
): Promise<void> {
  const config = parse(
    `sweep: ${sweep}\nmodel: tiny\ndataset: { format: lookalike, calibration: 5 }\nvariants: [${variants.join(", ")}]`,
  );
  await store.createSweep(makeSweep({ name: sweep, config }));
  for (const [row, [candidates, correct, answers]] of rows.entries()) {
    const unit = makeUnit(row, { sweep, variant: "calibration", role: "calibration" });
    const margin = 0;
    const read = answers && { answers };
    const judged = { estimator: "channel", candidates, margin, tau: 0, uncertain: false };
    const uncertainty = { ...judged, ...read };
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

it("chooses by what estimators read of answers, samples with one tool included", async () => {
  const likely = (probability: number, largest: number): AnswerEvidence => ({
    likelihood: {
      call: { logLikelihood: 2 * Math.log(probability), tokenCount: 2 },
      arguments: { logLikelihood: 0, tokenCount: 0 },
      meaning: { mean: 1, min: 1, tokenCount: 1 },
    },
    agreements: [{ samples: 5, largest }],
  });
  const pair = [candidate("a", -1), candidate("b", -5)];
  await calibrate(
    "answers",
    [
      "{ name: by-call, method: tt-si, tau: auto, estimator: call-likelihood }",
      "{ name: by-votes, method: tt-si, tau: auto, estimator: agreement }",
      "{ name: by-rss, method: tt-si, tau: auto }",
    ],
    [
      [pair, false, likely(0.2, 3)],
      [pair, true, likely(0.8, 5)],
      [[candidate("a", -1)], true, likely(0.6, 2)],
      [pair, false, { likelihood: null, agreements: [{ samples: 5, largest: 0 }] }],
    ],
  );
  await chooseThresholds(store, { sweep: "answers" });
  const chosen = new Map(
    (await store.listThresholds("answers")).map((each) => [each.variant, each]),
  );
  expect(chosen.get("by-call")?.tau).toBeCloseTo(0.4, 12);
  expect(chosen.get("by-call")?.details).toMatchObject({ auroc: 1, count: 4, wrong: 2, single: 0 });
  // 3/5 and 0 are wrong, 1 and 2/5 right: three of the four pairs are in order.
  expect(chosen.get("by-votes")?.details).toMatchObject({ auroc: 0.75, count: 4, single: 0 });
  expect(chosen.get("by-rss")?.details).toMatchObject({ count: 3, single: 1 });
});
