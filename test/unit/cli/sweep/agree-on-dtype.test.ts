import { afterAll, beforeAll, expect, test } from "vitest";
import { agreeOnDtype, findWantedDtype } from "../../../../cli/sweep/agree-on-dtype.js";
import type { CommandContext } from "../../../../cli/context.js";
import { readDtype } from "../../../../domain/identity/recorded-dtype.js";
import { planSweep } from "../../../../planning/plan-sweep.js";
import { loadSettings } from "../../../../infra/settings.js";
import type { Settings } from "../../../../infra/settings.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import { createRecordingTerminal } from "../recording-terminal.js";
import { createWorkspace, failureOf } from "../../planning/fixtures.js";
import { startScriptedServer } from "../../sampler/scripted-server.js";
import { makeResult } from "../../store/fixtures.js";

const workspace = createWorkspace();
let store: Store;
let engine: Awaited<ReturnType<typeof startScriptedServer>>;
let settings: Settings;
let computesIn: string | null;

beforeAll(async () => {
  store = await openStore(workspace.databaseUrl);
  engine = await startScriptedServer(() => ({
    headers: computesIn === null ? {} : { "x-whetstone-engine-dtype": computesIn },
    body: { status: "ready" },
  }));
  settings = loadSettings({
    WHETSTONE_ENGINE_URL: engine.baseUrl.replace(/\/v1$/, ""),
    WHETSTONE_DATABASE_URL: workspace.databaseUrl,
  });
});

afterAll(async () => {
  await engine.stop();
  await store.close();
});

/** Plans the sweep, as a run does before it starts an engine; returns what is recorded after it agreed. */
async function run(sweep: string, ...overrides: string[]): Promise<unknown> {
  await planSweep(store, await workspace.prepare(`sweep=${sweep}`, ...overrides));
  await agreeOnDtype(store, settings, sweep);
  const record = await store.getSweep(sweep);
  return record && readDtype(record);
}

async function finishOne(sweep: string): Promise<void> {
  const [unit] = await store.listPendingUnits(sweep);
  await store.putResult(makeResult(unit!));
}

test("the first engine's type is recorded, kept by later runs, and another is refused", async () => {
  computesIn = "bfloat16";
  expect(await run("kept")).toBe("bfloat16");
  expect(await run("kept", "seeds=2")).toBe("bfloat16");
  computesIn = "float32";
  expect(await failureOf(run("kept", "seeds=2"))).toMatchObject({
    code: "ENGINE_DTYPE_DIFFERS",
    message: `The engine at ${settings.engineUrl} computes in float32, the sweep in bfloat16.`,
    hint: "Start the engine with --dtype bfloat16, or allow both with `dtype: any` in the config.",
    retryable: true,
  });
  expect(await run("kept", "seeds=2", "dtype=any")).toBe("bfloat16");
});

test("a config's type is demanded of the first engine", async () => {
  computesIn = "float32";
  expect(await failureOf(run("named", "dtype=bfloat16"))).toMatchObject({
    code: "ENGINE_DTYPE_DIFFERS",
    message: `The engine at ${settings.engineUrl} computes in float32, the sweep in bfloat16.`,
  });
  computesIn = "bfloat16";
  expect(await run("named", "dtype=bfloat16")).toBe("bfloat16");
});

test("a sweep with results of an unrecorded type goes on, with any engine", async () => {
  computesIn = null;
  expect(await run("old")).toBeNull();
  await finishOne("old");
  computesIn = "bfloat16";
  expect(await run("old")).toBeNull();
});

test("without an engine to ask, what the config names is recorded", async () => {
  const elsewhere = { ...settings, externalTemporal: true, externalEngine: false };
  await planSweep(store, await workspace.prepare("sweep=remote", "dtype=float32"));
  await agreeOnDtype(store, elsewhere, "remote");
  expect(readDtype((await store.getSweep("remote"))!)).toBe("float32");
});

test("a local engine is started in the config's type, else in the recorded one", async () => {
  computesIn = "bfloat16";
  await run("restarted");
  const context: CommandContext = { settings, terminal: createRecordingTerminal() };
  expect(await findWantedDtype(context, { sweep: "restarted" })).toBe("bfloat16");
  expect(await findWantedDtype(context, { sweep: "restarted", dtype: "float32" })).toBe("float32");
  expect(await findWantedDtype(context, { sweep: "restarted", dtype: "any" })).toBeUndefined();
  expect(await findWantedDtype(context, { sweep: "unknown" })).toBeUndefined();
});
