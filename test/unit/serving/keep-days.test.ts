import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expireRequests } from "../../../serving/keep-days.js";
import { openStore } from "../../../store/open-store.js";
import type { ServedRequest, Store } from "../../../store/store.js";
import { makeSample } from "../store/fixtures.js";

const folder = mkdtempSync(join(tmpdir(), "whetstone-keep-"));
let store: Store;

beforeAll(async () => {
  store = await openStore(`sqlite:${join(folder, "store.db")}`);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const { sample } = makeSample(0, "query");

function requestAt(key: string, acceptedAt: string): ServedRequest {
  return {
    ...{ key, sweep: "app", tenant: "local", requestId: key, bodyHash: key, variant: "base" },
    ...{ seed: 0, dataset: `served-${key}`, sampleKey: sample.key, budgetMs: null, acceptedAt },
  };
}

it("deletes requests older than so many days, and says so", async () => {
  await store.acceptServedRequest(requestAt("old", "2026-01-01T00:00:00.000Z"), sample);
  await store.acceptServedRequest(requestAt("new", "2026-01-01T00:00:00.001Z"), sample);
  const said: string[] = [];
  const options = { store, sweep: "app", days: 30, report: (line: string) => said.push(line) };
  const now = () => Date.parse("2026-01-31T00:00:00.001Z");
  await expireRequests({ ...options, now }).stop();
  expect(said).toEqual(["Deleted 1 request older than 30 days."]);
  expect(await store.getServedRequest("old")).toBeNull();
  expect(await store.getServedRequest("new")).not.toBeNull();
  await expireRequests({ ...options, now }).stop();
  expect(said).toHaveLength(1);
});

it("goes on if a deletion fails", async () => {
  const broken = await openStore(`sqlite:${join(folder, "broken.db")}`);
  await broken.close();
  const said: string[] = [];
  const report = (line: string) => said.push(line);
  await expireRequests({ store: broken, sweep: "app", days: 1, report }).stop();
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^Requests older than a day could not be deleted: /);
});
