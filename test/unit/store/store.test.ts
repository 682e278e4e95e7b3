import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "kysely";
import { partitionOf } from "../../../domain/units/partition.js";
import { connect } from "../../../store/connection.js";
import { parseDatabaseUrl } from "../../../store/database-url.js";
import { openStore } from "../../../store/open-store.js";
import type { ServedAnswer } from "../../../domain/served/served-answer.js";
import { unitKey } from "../../../domain/identity/unit-key.js";
import type { ServedFeedback, ServedRequest, Store } from "../../../store/store.js";
import {
  CONFIG,
  makeFailure,
  makeResult,
  makeSample,
  makeSampleKey,
  makeSweep,
  makeUnit,
} from "./fixtures.js";
import { hasPostgres, NO_POSTGRES, startPostgres } from "./postgres.js";
import type { TestPostgres } from "./postgres.js";

describe("the store on SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-store-"));
  let count = 0;
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  describeStore(() => Promise.resolve(`sqlite:${join(folder, `${count++}.db`)}`));
});

describe.skipIf(!hasPostgres())(
  `the store on PostgreSQL${hasPostgres() ? "" : ` (${NO_POSTGRES})`}`,
  () => {
    let server: TestPostgres | null = null;
    beforeAll(async () => {
      server = await startPostgres();
    }, 60_000);
    afterAll(() => server?.stop());
    describeStore(() => {
      if (server === null) throw new Error(NO_POSTGRES);
      return server.createDatabase();
    });
  },
);

function describeStore(createUrl: () => Promise<string>): void {
  let url: string;
  let store: Store;
  beforeEach(async () => {
    url = await createUrl();
    store = await openStore(url);
  });
  afterEach(() => store.close());

  describe("sweeps", () => {
    it("stores a sweep once and never overwrites its config or hash", async () => {
      const created = await store.createSweep(makeSweep());
      expect(created).toEqual({
        ...makeSweep(),
        createdAt: created.createdAt,
        updatedAt: created.createdAt,
      });
      const again = await store.createSweep(makeSweep({ configHash: "other", configText: "x" }));
      expect(again).toEqual(created);
      expect(await store.listSweeps()).toEqual([created]);
    });

    it("keeps status, reason and a grown config", async () => {
      await store.createSweep(makeSweep());
      await store.setSweepStatus("trial", "stopped", "Too many units failed.");
      await store.updateSweepConfig("trial", { ...CONFIG, seeds: [0, 1] }, "new text", "hash-2", {
        host: "there",
      });
      expect(await store.getSweep("trial")).toMatchObject({
        status: "stopped",
        statusReason: "Too many units failed.",
        config: { seeds: [0, 1] },
        configText: "new text",
        configHash: "hash-2",
        provenance: { host: "there" },
      });
      await store.setSweepStatus("trial", "running");
      expect(await store.getSweep("trial")).toMatchObject({
        status: "running",
        statusReason: null,
      });
    });

    it("keeps provenance if none is given", async () => {
      await store.createSweep(makeSweep());
      await store.updateSweepConfig("trial", CONFIG, "text", "hash");
      expect((await store.getSweep("trial"))?.provenance).toEqual({ host: "here" });
    });

    it("returns null for an unknown sweep", async () => {
      expect(await store.getSweep("other")).toBeNull();
    });
  });

  describe("samples", () => {
    it("stores samples and gold separately, and accepts them again", async () => {
      const samples = [makeSample(0), makeSample(1, "it's “quoted” \u0000")];
      await store.putSamples("lookalike", "content", samples);
      await store.putSamples("lookalike", "content", samples);
      expect(await store.getSample("lookalike", makeSampleKey(1))).toEqual(samples[1]?.sample);
      expect(await store.getGold("lookalike", makeSampleKey(1))).toEqual(samples[1]?.gold);
      expect(await store.getSample("other", makeSampleKey(1))).toBeNull();
      expect(await store.getGold("lookalike", makeSampleKey(2))).toBeNull();
      const keys = [0, 1, 2].map(makeSampleKey);
      const found = await store.getGoldSamples("lookalike", keys);
      expect([...found].sort()).toEqual(samples.map((each) => [each.sample.key, each]));
      expect(await store.getGoldSamples("other", keys)).toEqual(new Map());
    });

    it("accepts more samples than fit into one statement", async () => {
      const samples = Array.from({ length: 2_500 }, (_, row) => makeSample(row));
      await store.putSamples("lookalike", "content", samples);
      expect(await store.getSample("lookalike", makeSampleKey(2_499))).toEqual(
        samples[2_499]?.sample,
      );
    });

    it("takes none", async () => {
      await expect(store.putSamples("lookalike", "content", [])).resolves.toBeUndefined();
    });
  });

  describe("units", () => {
    const units = [2, 0, 1].map((row) => makeUnit(row));

    it("lists pending units in plan order", async () => {
      await store.putUnits(units);
      await store.putUnits(units);
      expect(await store.listPendingUnits("trial")).toEqual(units);
      expect(await store.countUnits("trial")).toBe(3);
      expect(await store.listPendingUnits("other")).toEqual([]);
    });

    it("follows the order of an extended plan", async () => {
      await store.putUnits(units);
      const grown = [makeUnit(7), ...units];
      await store.putUnits(grown);
      expect(await store.listPendingUnits("trial")).toEqual(grown);
    });

    it("distinguishes roles", async () => {
      const calibration = makeUnit(9, { variant: "calibration", role: "calibration" });
      await store.putUnits([calibration, ...units]);
      expect(await store.listPendingUnits("trial", { role: "calibration" })).toEqual([calibration]);
      expect(await store.countUnits("trial", "calibration")).toBe(1);
      expect(await store.countUnits("trial", "report")).toBe(3);
    });

    it("counts the samples that are reported on once each, per dataset", async () => {
      const other = makeUnit(0, { variant: "tt-si" });
      const calibration = makeUnit(9, { variant: "calibration", role: "calibration" });
      await store.putUnits([calibration, other, ...units]);
      expect(await store.countPlannedSamples("trial")).toEqual(new Map([["lookalike", 3]]));
      expect(await store.countPlannedSamples("other")).toEqual(new Map());
    });

    it("omits units with a row; includes failed ones on request", async () => {
      const [first, second, third] = units;
      await store.putUnits(units);
      await store.putResult(makeResult(first!));
      await store.putResult(makeFailure(second!));
      expect(await store.listPendingUnits("trial")).toEqual([third]);
      expect(await store.listPendingUnits("trial", { includeFailed: true })).toEqual([
        second,
        third,
      ]);
    });

    it.each([1, 2, 3, 10])(
      "pages of %d give every pending unit once, in plan order",
      async (limit) => {
        const planned = Array.from({ length: 10 }, (_, row) => makeUnit(row));
        await store.putUnits(planned);
        // An earlier, longer plan: its units share positions with those of the newer one.
        await store.putUnits([12, 11].map((row) => makeUnit(row)));
        await store.putResult(makeResult(planned[3]!));
        await store.putResult(makeFailure(planned[5]!));
        for (const includeFailed of [false, true]) {
          const paged = [];
          let after = null;
          for (;;) {
            const page = await store.pagePendingUnits("trial", { after, limit, includeFailed });
            paged.push(...page.map(({ unit }) => unit));
            const last = page.at(-1);
            if (last === undefined) break;
            expect(page.length).toBeLessThanOrEqual(limit);
            after = last.place;
          }
          expect(paged).toEqual(await store.listPendingUnits("trial", { includeFailed }));
          expect(paged).toHaveLength(includeFailed ? 11 : 10);
        }
      },
    );

    it.each([
      ["with stored hashes", false],
      ["of an earlier version, without hashes", true],
    ])("pages of a partition hold its units alone: units %s", async (_, isOld) => {
      const planned = Array.from({ length: 2_500 }, (_, row) => makeUnit(row));
      await store.putUnits(planned);
      const { database } = connect(parseDatabaseUrl(url), url);
      if (isOld) await sql`update units set sample_hash = null`.execute(database);
      await database.destroy();
      for (const index of [0, 1, 2]) {
        const paged = [];
        let after = null;
        for (;;) {
          const options = { after, limit: 100, partition: { index, of: 3 } };
          const page = await store.pagePendingUnits("trial", options);
          paged.push(...page.map(({ unit }) => unit));
          const last = page.at(-1);
          if (last === undefined || page.length < 100) break;
          after = last.place;
        }
        const own = planned.filter(({ sampleKey }) => partitionOf(sampleKey, 3) === index);
        expect(paged).toEqual(own);
      }
      // The next plan fills the hashes in.
      await store.putUnits(planned);
      const again = connect(parseDatabaseUrl(url), url);
      const open = sql`select unit_key from units where sample_hash is null`;
      expect((await open.execute(again.database)).rows).toEqual([]);
      await again.database.destroy();
    });

    it("counts pending units by kind, in plan order", async () => {
      const calibration = makeUnit(9, { variant: "calibration", role: "calibration" });
      const others = [0, 1].map((row) => makeUnit(row, { variant: "tt-si", seed: 1 }));
      await store.putUnits([calibration, ...others, ...units]);
      await store.putResult(makeResult(units[0]!));
      await store.putResult(makeFailure(others[0]!));
      const kind = { dataset: "lookalike", role: "report" };
      const open = { role: "calibration", variant: "calibration", seed: 0, dataset: "lookalike" };
      expect(await store.countPendingUnits("trial")).toEqual([
        { ...open, count: 1 },
        { ...kind, variant: "tt-si", seed: 1, count: 1 },
        { ...kind, variant: "base", seed: 0, count: 2 },
      ]);
      expect(await store.countPendingUnits("trial", { includeFailed: true })).toMatchObject([
        { count: 1 },
        { count: 2 },
        { count: 2 },
      ]);
      expect(await store.countPendingUnits("other")).toEqual([]);
    });

    it("leaves out failures that started at a time or later", async () => {
      const [first, second, third] = units;
      await store.putUnits(units);
      await store.putResult(makeFailure(first!, { startedAt: "2026-01-01T00:00:00.000Z" }));
      await store.putResult(makeFailure(second!, { startedAt: "2026-01-01T00:00:00.001Z" }));
      const options = { includeFailed: true, failedBefore: "2026-01-01T00:00:00.001Z" };
      expect(await store.listPendingUnits("trial", options)).toEqual([first, third]);
    });

    it("finds the last place of the plan", async () => {
      expect(await store.findLastPlace("trial")).toBeNull();
      await store.putUnits(units);
      expect(await store.findLastPlace("trial")).toEqual({ position: 2, unitKey: units[2]!.key });
    });

    it("accepts more units than fit into one statement", async () => {
      const many = Array.from({ length: 5_000 }, (_, row) => makeUnit(row));
      await store.putUnits(many);
      expect(await store.listPendingUnits("trial")).toEqual(many);
    });
  });

  describe("results", () => {
    const unit = makeUnit(0);

    it("returns stored values", async () => {
      const row = makeResult(unit);
      await store.putResult(row);
      expect(await store.getResult(unit.key)).toEqual(row);
      expect(await store.getResult("other")).toBeNull();
    });

    it("keeps one row per unit, regardless of the run", async () => {
      await store.putResult(makeResult(unit));
      await store.putResult(makeResult(unit));
      expect(await store.listResults("trial")).toHaveLength(1);
      expect((await store.getResult(unit.key))?.attempt).toBe(1);
    });

    it("replaces a failed row with its retry and counts the attempt once", async () => {
      await store.putResult(makeFailure(unit));
      await store.putResult(makeResult(unit, { runId: "run-2" }));
      await store.putResult(makeResult(unit, { runId: "run-2" }));
      expect(await store.getResult(unit.key)).toEqual(
        makeResult(unit, { runId: "run-2", attempt: 2 }),
      );
    });

    it("never replaces an answer with a late failure", async () => {
      await store.putResult(makeResult(unit));
      await store.putResult(makeFailure(unit, { runId: "run-2" }));
      expect(await store.getResult(unit.key)).toEqual(makeResult(unit));
    });

    it("finds finished units among many keys", async () => {
      await store.putResult(makeResult(unit));
      await store.putResult(makeFailure(makeUnit(5)));
      const keys = Array.from({ length: 3_000 }, (_, row) => makeUnit(row).key);
      expect(await store.findFinished(keys)).toEqual([unit.key, makeUnit(5).key]);
      expect(await store.findFinished([])).toEqual([]);
    });

    it("filters", async () => {
      const units = [0, 1, 2, 3].map((row) => makeUnit(row));
      const other = makeUnit(0, { variant: "tt-si", seed: 1 });
      await store.putUnits([...units, other]);
      await store.putResult(makeResult(units[3]!));
      await store.putResult(makeResult(units[2]!, { correct: false }));
      await store.putResult(makeResult(units[1]!, { uncertain: true }));
      await store.putResult(makeFailure(units[0]!));
      await store.putResult(makeResult(other, { role: "calibration" }));
      const list = async (filter: Parameters<Store["listResults"]>[1]) =>
        (await store.listResults("trial", filter)).map((row) => row.unitKey);
      const [u0, u1, u2, u3] = units.map((each) => each.key);
      expect(await list({})).toEqual([u0, u1, u2, u3, other.key]);
      expect(await list({ failed: true })).toEqual([u0]);
      expect(await list({ failed: false, variant: "base" })).toEqual([u1, u2, u3]);
      expect(await list({ wrong: true })).toEqual([u2]);
      expect(await list({ uncertain: true })).toEqual([u1]);
      expect(await list({ seed: 1 })).toEqual([other.key]);
      expect(await list({ role: "calibration" })).toEqual([other.key]);
      expect(await list({ sampleKey: makeSampleKey(0) })).toEqual([u0, other.key]);
      expect(await list({ dataset: "other" })).toEqual([]);
    });

    it("streams many rows in key order, filtered", async () => {
      const units = Array.from({ length: 450 }, (_, row) => makeUnit(row));
      for (const unit of units.toReversed()) await store.putResult(makeResult(unit));
      await store.putResult(makeResult(makeUnit(1, { variant: "base-2" })));
      const keys: string[] = [];
      for await (const row of store.streamResults("trial")) keys.push(row.unitKey);
      expect(keys).toHaveLength(451);
      expect(keys).toEqual([...keys].sort());
      const [first] = keys;
      for await (const row of store.streamResults("trial", { variant: "base-2" })) {
        expect(row).toEqual(await store.getResult(first!));
      }
    });

    it("streams rows in the order of their keys, and lists keys in plan order", async () => {
      const units = Array.from({ length: 450 }, (_, row) => makeUnit(row));
      const planned = units.toReversed();
      await store.putUnits(planned);
      for (const unit of units) await store.putResult(makeResult(unit, { adapted: true }));
      await store.putResult(makeFailure(makeUnit(500)));
      const keys = await store.listResultKeys("trial", { adapted: true }, "plan");
      const { dataset, sampleKey } = planned[0]!;
      expect(keys[0]).toEqual({ unitKey: planned[0]!.key, dataset, sampleKey });
      expect(keys.map(({ unitKey }) => unitKey)).toEqual(planned.map(({ key }) => key));
      const asked = ["other", ...planned.map(({ key }) => key)];
      const found: string[] = [];
      for await (const row of store.streamRows(asked)) found.push(row.unitKey);
      expect(found).toEqual(planned.map(({ key }) => key));
    });

    it("lists when answered units ended, and counts the flagged ones", async () => {
      const [first, second, third] = [0, 1, 2].map((row) => makeUnit(row));
      await store.putResult(makeResult(first!, { uncertain: true }));
      await store.putResult(makeResult(second!, { finishedAt: "2026-01-01T00:00:09.000Z" }));
      await store.putResult(makeResult(makeUnit(3), { uncertain: true, role: "calibration" }));
      await store.putResult(makeFailure(third!));
      expect((await store.listEnds("trial")).sort()).toEqual([
        "2026-01-01T00:00:01.000Z",
        "2026-01-01T00:00:01.000Z",
        "2026-01-01T00:00:09.000Z",
      ]);
      expect(await store.countFlagged("trial")).toEqual([
        { variant: "base", dataset: "lookalike", judged: 2, flagged: 1 },
      ]);
    });

    it("counts", async () => {
      const units = [0, 1, 2, 3].map((row) => makeUnit(row));
      await store.putUnits(units);
      await store.putResult(makeResult(units[0]!, { uncertain: true, adapted: true }));
      await store.putResult(makeResult(units[1]!, { outcome: "unparsable", correct: false }));
      await store.putResult(makeFailure(units[2]!));
      expect(await store.countResults("trial")).toEqual({
        planned: 4,
        scored: 1,
        unparsable: 1,
        failed: 1,
        uncertain: 1,
        adapted: 1,
        correct: 1,
      });
      expect(await store.countResults("other")).toEqual({
        planned: 0,
        scored: 0,
        unparsable: 0,
        failed: 0,
        uncertain: 0,
        adapted: 0,
        correct: 0,
      });
    });
  });

  it("tells how far a sweep is, from its rows alone", async () => {
    const units = [0, 1, 2].map((row) => makeUnit(row));
    const calibration = makeUnit(9, { variant: "tt-si", role: "calibration" });
    await store.putUnits([...units, calibration]);
    const timing = {
      ...({ step: "infer", worker: "w", queueMs: 1, computeMs: 20, attempt: 1 } as const),
    };
    const late = { startedAt: "2026-01-01T00:00:03.000Z", finishedAt: "2026-01-01T00:00:05.000Z" };
    await store.putResult(makeResult(units[0]!, { trace: { timings: [timing] } }));
    await store.putResult(makeFailure(units[1]!, { ...late, trace: { timings: [] } }));
    expect(await store.readProgress("trial")).toEqual({
      variants: [
        { variant: "base", role: "report", planned: 3, ended: 2, failed: 1 },
        { variant: "tt-si", role: "calibration", planned: 1, ended: 0, failed: 0 },
      ],
      errors: [{ code: makeFailure(units[1]!).errorCode, count: 1 }],
      ends: [
        late,
        { startedAt: "2026-01-01T00:00:00.000Z", finishedAt: "2026-01-01T00:00:01.000Z" },
      ],
      timings: [timing],
    });
    const nothing = { variants: [], errors: [], ends: [], timings: [] };
    expect(await store.readProgress("other")).toEqual(nothing);
  });

  describe("served requests", () => {
    const { sample } = makeSample(0, "served \u0000 query");
    const request: ServedRequest = {
      ...{ key: "key-1", sweep: "app", tenant: "local", requestId: "r-1", bodyHash: "hash-1" },
      ...{ variant: "tt-si", seed: 0, dataset: "served-1", sampleKey: sample.key },
      ...{ budgetMs: 2_000, acceptedAt: "2026-01-01T00:00:00.000Z" },
    };
    const answer: ServedAnswer = {
      ...{ from: "adapted", uncertain: true, content: null, finishReason: "tool_calls" },
      ...{ calls: [{ name: "get", arguments: '{"of":"\\u0000"}' }] },
      ...{ promptTokens: 10, completionTokens: 3 },
    };
    const settled = {
      ...{ answer, base: null, margin: 0.25, trace: { timings: [] }, runId: "run-1", error: null },
    };
    const unanswered = {
      ...request,
      ...{ answer: null, answeredAt: null, base: null, errorCode: null, errorMessage: null },
    };

    it("are accepted once, with their sample, and without gold", async () => {
      expect(await store.getServedRequest("key-1")).toBeNull();
      expect(await store.acceptServedRequest(request, sample)).toEqual(unanswered);
      const later = { ...request, acceptedAt: "2026-01-02T00:00:00.000Z", budgetMs: null };
      expect(await store.acceptServedRequest(later, sample)).toEqual(unanswered);
      expect(await store.getSample("served-1", sample.key)).toEqual(sample);
      expect(await store.getGold("served-1", sample.key)).toBeNull();
    });

    it("of one id with another body store nothing", async () => {
      await store.acceptServedRequest(request, sample);
      const other = makeSample(0, "another query").sample;
      const changed = { ...request, bodyHash: "hash-2", sampleKey: "0-ffffffff" };
      expect(await store.acceptServedRequest(changed, other)).toEqual(unanswered);
      expect(await store.getSample("served-1", "0-ffffffff")).toBeNull();
      expect(await store.getSample("served-1", sample.key)).toEqual(sample);
    });

    it("keep their first answer, whoever settles them", async () => {
      await store.acceptServedRequest(request, sample);
      await store.failServedRequest("key-1", { code: "ENGINE_FAILED", message: "no \u0000" });
      expect(await store.getServedRequest("key-1")).toMatchObject({
        ...{ answer: null, errorCode: "ENGINE_FAILED", errorMessage: "no \ufffd" },
      });
      const late = { ...settled, answer: { ...answer, from: "late" as const } };
      const given = await Promise.all([
        store.settleServedRequest("key-1", settled),
        store.settleServedRequest("key-1", late),
      ]);
      expect(given[0]).toEqual(given[1]);
      const stored = await store.getServedRequest("key-1");
      expect(stored?.answer).toEqual(given[0]);
      expect(stored).toMatchObject({ errorCode: null, errorMessage: null });
      expect(await store.settleServedRequest("key-1", late)).toEqual(given[0]);
      await store.failServedRequest("key-1", { code: "ENGINE_FAILED", message: "too late" });
      expect(await store.getServedRequest("key-1")).toEqual(stored);
    });

    it("that were never accepted have no answer", async () => {
      expect(await store.settleServedRequest("key-9", settled)).toBeNull();
    });

    it("keep the base model's answer, with the answer or after it", async () => {
      const base = { ...answer, from: "base" as const };
      const other = { ...base, content: "late" };
      for (const key of ["key-1", "key-2"]) {
        await store.acceptServedRequest({ ...request, key, dataset: key }, sample);
      }
      await store.settleServedRequest("key-1", { ...settled, base });
      await store.addServedBase("key-1", other);
      await store.settleServedRequest("key-2", settled);
      await store.addServedBase("key-2", other);
      await store.addServedBase("key-2", base);
      expect((await store.getServedRequest("key-1"))?.base).toEqual(base);
      expect((await store.getServedRequest("key-2"))?.base).toEqual(other);
    });

    it("are found by the start of their key, each tenant's for itself", async () => {
      const key = "0123abcd".repeat(8);
      await store.acceptServedRequest({ ...request, key }, sample);
      const place = { sweep: "app", tenant: "local", keyStart: key.slice(0, 24) };
      expect(await store.findServedRequest(place)).toEqual({ ...unanswered, key });
      expect(await store.findServedRequest({ ...place, tenant: "other" })).toBeNull();
      expect(await store.findServedRequest({ ...place, sweep: "other" })).toBeNull();
      const next = key.slice(0, 23) + "e";
      expect(await store.findServedRequest({ ...place, keyStart: next })).toBeNull();
    });

    const feedback: ServedFeedback = {
      ...{ requestKey: "key-1", sweep: "app", givenAt: "2026-01-03T00:00:00.000Z" },
      calls: [{ name: "get", arguments: { of: "\u0000" }, accepted: { of: ["", 1] } }],
      served: { correct: true, correctStrict: false, reason: "" },
      base: { correct: false, correctStrict: false, reason: "name:\u0000" },
    };

    it("have one feedback, the last", async () => {
      await store.acceptServedRequest(request, sample);
      await store.settleServedRequest("key-1", settled);
      expect(await store.getServedFeedback("key-1")).toBeNull();
      await store.putServedFeedback(feedback);
      const { base } = feedback;
      const stored = { ...feedback, base: { ...base!, reason: "name:\ufffd" } };
      expect(await store.getServedFeedback("key-1")).toEqual(stored);
      expect(await store.listJudgedRequests("app")).toEqual([
        {
          ...{ requestKey: "key-1", bodyHash: "hash-1", from: "adapted", hasCalls: true },
          ...{ acceptedAt: request.acceptedAt, served: stored.served, base: stored.base },
        },
      ]);
      const verdict: ServedFeedback = {
        ...feedback,
        ...{ calls: null, base: null, givenAt: "2026-01-04T00:00:00.000Z" },
        served: { correct: false, correctStrict: null, reason: "" },
      };
      await store.putServedFeedback(verdict);
      expect(await store.getServedFeedback("key-1")).toEqual(verdict);
      expect(await store.listJudgedRequests("app")).toHaveLength(1);
      expect(await store.listJudgedRequests("other")).toEqual([]);
    });

    it("are counted by hour and end, and change their version", async () => {
      const version = () => store.findServedVersion("app");
      expect(await version()).toBeNull();
      expect(await store.countServedRequests("app")).toEqual([]);
      const at = (key: string, acceptedAt: string) =>
        store.acceptServedRequest({ ...request, key, dataset: key, acceptedAt }, sample);
      await at("key-1", "2026-01-01T10:00:00.000Z");
      await at("key-2", "2026-01-01T10:59:59.999Z");
      await at("key-3", "2026-01-01T11:00:00.000Z");
      await at("key-4", "2026-01-01T11:00:00.000Z");
      const first = await version();
      await store.settleServedRequest("key-1", settled);
      await store.settleServedRequest("key-2", settled);
      await store.failServedRequest("key-3", { code: "ENGINE_FAILED", message: "no" });
      const second = await version();
      await store.putServedFeedback(feedback);
      expect(new Set([first, second, await version()]).size).toBe(3);
      const counts = await store.countServedRequests("app");
      const open = { hour: "2026-01-01T11", from: null, uncertain: null, count: 1 };
      expect(counts).toHaveLength(3);
      expect(counts[0]).toEqual({
        ...{ hour: "2026-01-01T10", from: "adapted", uncertain: true, failed: false, count: 2 },
      });
      expect(counts).toContainEqual({ ...open, failed: true });
      expect(counts).toContainEqual({ ...open, failed: false });
    });

    it("are deleted by age with everything that belongs to them, and nothing else", async () => {
      const old = { ...request, key: "key-1", dataset: "served-1" };
      const recent = {
        ...{ ...request, key: "key-2", dataset: "served-2" },
        acceptedAt: "2026-01-02T00:00:00.000Z",
      };
      const foreign = { ...old, key: "key-3", dataset: "served-3", sweep: "other" };
      const unitOf = ({ sweep, variant, seed, dataset, sampleKey }: ServedRequest) =>
        unitKey({ sweep, variant, seed, dataset, sampleKey });
      for (const each of [old, recent, foreign]) {
        await store.acceptServedRequest(each, sample);
        await store.settleServedRequest(each.key, settled);
        await store.putServedFeedback({ ...feedback, requestKey: each.key, sweep: each.sweep });
        await store.putStep({
          ...{ key: `step-${each.key}`, kind: "score", value: {}, originUnit: unitOf(each) },
        });
        await store.recordSynthesisAttempt(
          `scope-${each.key}`,
          { k: 0, attempt: 1, seed: 1, reason: "not-json", excerpt: "x" },
          unitOf(each),
        );
      }
      const before = "2026-01-01T12:00:00.000Z";
      expect(await store.deleteServedRequests("app", before)).toBe(1);
      expect(await store.deleteServedRequests("app", before)).toBe(0);
      const left = async ({ key, dataset, sampleKey }: ServedRequest) => ({
        row: (await store.getServedRequest(key)) !== null,
        sample: (await store.getSample(dataset, sampleKey)) !== null,
        feedback: (await store.getServedFeedback(key)) !== null,
        step: (await store.getStep(`step-${key}`)) !== null,
        attempts: (await store.listSynthesisAttempts(`scope-${key}`)).length > 0,
      });
      const gone = { row: false, sample: false, feedback: false, step: false, attempts: false };
      const kept = { row: true, sample: true, feedback: true, step: true, attempts: true };
      expect(await left(old)).toEqual(gone);
      expect(await left(recent)).toEqual(kept);
      expect(await left(foreign)).toEqual(kept);
    });
  });

  describe("steps, attempts and thresholds", () => {
    it("keeps the first value of a step", async () => {
      const first = { key: "k", kind: "score", value: { a: [1] }, originUnit: "u1" } as const;
      expect(await store.getStep("k")).toBeNull();
      expect(await store.putStep(first)).toEqual(first);
      expect(await store.putStep({ ...first, value: 2, originUnit: "u2" })).toEqual(first);
      expect(await store.getStep("k")).toEqual(first);
    });

    it("records an attempt once", async () => {
      const attempt = {
        k: 0,
        attempt: 1,
        seed: 2 ** 53 - 1,
        reason: "not-json",
        excerpt: "{\u0000",
        worker: "gpu-1@host",
        computeMs: 812,
      };
      await store.recordSynthesisAttempt("scope", { ...attempt, attempt: 2 });
      await store.recordSynthesisAttempt("scope", attempt);
      await store.recordSynthesisAttempt("scope", { ...attempt, reason: "ok" });
      const stored = { ...attempt, excerpt: "{\uFFFD" };
      expect(await store.listSynthesisAttempts("scope")).toEqual([
        stored,
        { ...stored, attempt: 2 },
      ]);
      expect(await store.listSynthesisAttempts("other")).toEqual([]);
    });

    it("keeps the latest threshold of a variant and seed", async () => {
      const record = { sweep: "trial", variant: "tt-si", seed: 0, tau: 0.5, details: { n: 3 } };
      await store.putThreshold({ ...record, variant: "b.1", seed: 1 });
      await store.putThreshold({ ...record, tau: 0.1 });
      await store.putThreshold(record);
      expect(await store.listThresholds("trial")).toEqual([
        { ...record, variant: "b.1", seed: 1 },
        record,
      ]);
    });
  });

  it("keeps all data when it is reopened", async () => {
    await store.createSweep(makeSweep());
    await store.putUnits([makeUnit(0)]);
    const second = await openStore(url);
    expect(await second.listPendingUnits("trial")).toEqual([makeUnit(0)]);
    await second.close();
  });
}
