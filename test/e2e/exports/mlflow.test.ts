import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ResultRow } from "../../../store/store.js";
import { makeReport } from "../../browser/make-report.js";
import { createWorkspace, findFreePorts, type Workspace } from "../workspace.js";
import { startMlflowServer, type MlflowServer } from "./mlflow-server.js";
import { providePython, runScript } from "./python-environment.js";

interface ReadRun {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly history: number;
  readonly artifacts: Readonly<Record<string, string>>;
}

const TOKEN = "mlflow-secret-token";
const environment = await providePython("mlflow");
const title = environment.skip === null ? "" : ` (skipped: ${environment.skip})`;

describe.skipIf(environment.skip !== null)(`an MLflow tracking server${title}`, () => {
  const [sweep] = makeReport({ samples: 12, seeds: 2 }).sweeps;
  let workspace: Workspace;
  let server: MlflowServer;
  let rows: readonly ResultRow[];
  const run = (token = TOKEN) =>
    workspace.run(["export", sweep!.record.name, "--format", "mlflow", "--to", server.gate], {
      MLFLOW_TRACKING_TOKEN: token,
    });
  const readRuns = () =>
    runScript<ReadRun>(environment, "read_mlflow_runs.py", [server.url, sweep!.record.name]);

  beforeAll(async () => {
    workspace = await createWorkspace();
    const store = await workspace.openStore();
    await store.createSweep(sweep!.record);
    await store.putSamples("lookalike", "hash", [...sweep!.samples.values()]);
    await store.putUnits(sweep!.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
    for (const row of sweep!.units) await store.putResult(row);
    rows = await store.listResults(sweep!.record.name);
    await store.close();
    const [port = 0] = await findFreePorts(1);
    server = await startMlflowServer(environment.python ?? "", workspace.folder, port, TOKEN);
  }, 300_000);
  afterAll(async () => {
    await server.close();
    await workspace.close();
  });

  it("refuses a wrong token: one error, without the token, and no run", async () => {
    const { code, stderr } = await run("wrong-secret");
    expect(code).toBe(1);
    expect(stderr).toContain("error EXPORT_SERVICE_REFUSED: ");
    expect(stderr).toContain("refused the results: HTTP 403: no access for ***");
    expect(stderr).not.toContain("wrong-secret");
  });

  it("has one run per variant and seed, with what the report shows, once", async () => {
    const variants = sweep!.record.config.variants;
    const names = variants
      .flatMap(({ name }) => [0, 1].map((seed) => `made-up-${name}-seed-${seed}`))
      .sort();
    const first = await run();
    expect(first.stderr).toContain(`${rows.length} units: ${names.length} runs created, 0 brought`);
    expect(first.code).toBe(0);
    const runs = await readRuns();
    expect(runs.map(({ name }) => name).sort()).toEqual(names);
    for (const { name, params, metrics, artifacts, status, start, end, history } of runs) {
      const own = rows.filter((row) => `made-up-${row.variant}-seed-${row.seed}` === name);
      const answered = own.filter(({ outcome }) => outcome !== "failed");
      const share = (test: (row: ResultRow) => boolean) =>
        answered.filter(test).length / answered.length;
      expect(metrics).toMatchObject({
        units: own.length,
        failed_units: own.length - answered.length,
        unparsable_answers: own.filter(({ outcome }) => outcome === "unparsable").length,
      });
      expect(metrics["soft_accuracy"]).toBeCloseTo(
        share((row) => row.correct === true),
        12,
      );
      expect(metrics["strict_accuracy"]).toBeCloseTo(
        share((row) => row.correctStrict === true),
        12,
      );
      expect(metrics["adapted_share"]).toBeCloseTo(
        share(({ adapted }) => adapted),
        12,
      );
      const variant = variants.find((each) => each.name === own[0]?.variant);
      expect(params).toMatchObject({
        model: "tiny",
        seed: String(own[0]?.seed),
        variant: variant?.name,
        method: variant?.method,
        "training.rank": String(variant?.training.rank),
      });
      expect(status).toBe("FINISHED");
      expect(start).toBe(Math.min(...own.map(({ startedAt }) => Date.parse(startedAt))));
      expect(end).toBe(Math.max(...own.map(({ finishedAt }) => Date.parse(finishedAt))));
      expect(history).toBe(1);
      expect(artifacts["config.yaml"]).toBe(sweep!.record.configText);
      const units = (artifacts["units.jsonl"] ?? "").trimEnd().split("\n");
      expect(units.map((line) => (JSON.parse(line) as { unit: string }).unit).sort()).toEqual(
        own.map(({ unitKey }) => unitKey).sort(),
      );
    }
    const second = await run();
    expect(second.stderr).toContain(`0 runs created, ${names.length} brought up to date`);
    const again = await readRuns();
    const byId = (left: ReadRun, right: ReadRun) => left.id.localeCompare(right.id);
    expect([...again].sort(byId)).toEqual([...runs].sort(byId));
  }, 300_000);
});
