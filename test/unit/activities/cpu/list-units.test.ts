import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listUnits } from "../../../../activities/cpu/list-units.js";
import { createRandom, shuffle } from "../../../../domain/identity/random.js";
import type { PlanPlace } from "../../../../domain/units/plan-place.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import { parse } from "../../domain/config/fixtures.js";
import { makeFailure, makeSweep, makeUnit } from "../../store/fixtures.js";

const ROWS = 2_500;

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-units-"));
  store = await openStore(`sqlite:${join(folder, "whetstone.db")}`);
  const config = parse(
    "sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [base]",
  );
  await store.createSweep(makeSweep({ config, provenance: { model: { fingerprint: "f" } } }));
  await store.putUnits(Array.from({ length: ROWS }, (_, row) => makeUnit(row)));
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Every page of one partition, as the partition's workflow asks for them while no unit ends. */
async function readPages(partition: number, retryFailedBefore: string | null = null) {
  const pages: string[][] = [];
  let after: PlanPlace | undefined;
  for (;;) {
    const page = await listUnits(store, {
      ...{ sweep: "trial", role: "report", partition, partitions: 4, retryFailedBefore },
      limit: 300,
      ...(after === undefined ? {} : { after }),
    });
    pages.push(page.units.map(({ unit }) => unit.key));
    if (!page.more) return pages;
    after = page.end;
  }
}

it("pages of all partitions hold every unit once", async () => {
  const partitions = await Promise.all([0, 1, 2, 3].map((partition) => readPages(partition)));
  for (const pages of partitions) {
    expect(pages.slice(0, -1).map((page) => page.length)).toEqual(pages.slice(1).map(() => 300));
  }
  const keys = partitions.flat(2);
  expect(new Set(keys).size).toBe(ROWS);
  expect(keys).toHaveLength(ROWS);
});

it("names the samples that follow a unit's own in the circle of its seed, also after the plan has grown", async () => {
  const config = parse(
    "sweep: circle\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [shuffled-pair]",
  );
  const fingerprint = { model: { fingerprint: "f" } };
  await store.createSweep(makeSweep({ name: "circle", config, provenance: fingerprint }));
  const list = async (samples: number) => {
    const units = Array.from({ length: samples }, (_, row) =>
      makeUnit(row, { sweep: "circle", variant: "shuffled-pair" }),
    );
    await store.putUnits(units);
    const page = await listUnits(store, {
      ...{ sweep: "circle", role: "report", partition: 0, partitions: 1, limit: 100 },
      retryFailedBefore: null,
    });
    return page.units.map(({ unit, partners }) => ({ own: unit.sampleKey, partners }));
  };
  for (const samples of [3, 30, 40]) {
    const listed = await list(samples);
    const keys = listed.map(({ own }) => own).sort();
    const circle = shuffle(keys, createRandom("partners/lookalike/0"));
    const place = (key: string) => circle.indexOf(key);
    for (const { own, partners } of listed) {
      const steps = Array.from({ length: Math.min(5, samples - 1) }, (_, step) => step + 1);
      const expected = steps.map((step) => circle[(place(own) + step) % samples]);
      expect(partners).toEqual(expected);
    }
  }
});

it("a retry lists units that failed before it, and not those that failed in it", async () => {
  const started = "2026-01-02T00:00:00.000Z";
  const [before, within] = [makeUnit(0), makeUnit(1)];
  await store.putResult({ ...makeFailure(before), startedAt: "2026-01-01T00:00:00.000Z" });
  await store.putResult({ ...makeFailure(within), startedAt: "2026-01-03T00:00:00.000Z" });
  const keys = (await Promise.all([0, 1, 2, 3].map((place) => readPages(place, started)))).flat(2);
  expect(keys).toContain(before.key);
  expect(keys).not.toContain(within.key);
  expect(keys).toHaveLength(ROWS - 1);
});
