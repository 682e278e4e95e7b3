import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliResult, Workspace } from "./workspace.js";
import { createWorkspace } from "./workspace.js";
import { smallSweep } from "./small-sweep.js";

const variants = ["base", "tt-si-auto", "tt-si-all", "argmax-name"];
/** 6 for calibration, 12 for each variant. */
const units = 54;

let workspace: Workspace;
let first: CliResult;

beforeAll(async () => {
  workspace = await createWorkspace();
  workspace.write("small.yaml", smallSweep);
});

afterAll(async () => {
  await workspace.close();
});

describe("a small sweep through the command line", () => {
  it("is planned without any side effect", async () => {
    const result = await workspace.run(["plan", "small.yaml"]);
    expect(result.code).toBe(0);
    expect(result.stderr).toBe("");
    expect(result.stdout).toContain(`\n${units} of ${units} units to run\n`);
    expect(existsSync(workspace.home)).toBe(false);
  });

  it("runs to completion: table on stdout, progress and next commands on stderr", async () => {
    first = await workspace.run(["run", "small.yaml"]);
    expect(first.stderr).toContain("started sweep small\n");
    expect(first.stderr).toContain(` ${units}/${units} units `);
    expect(first.stderr).toContain("npx whetstone samples small --wrong\n");
    expect(first.code).toBe(0);
    for (const variant of variants) expect(first.stdout).toMatch(new RegExp(`^${variant} `, "m"));
    expect(first.stdout).toContain("48 of 48 units answered, 0 failed");
  });

  it("starts nothing when it is run again, and prints the same table", async () => {
    const again = await workspace.run(["run", "small.yaml"]);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("Sweep small is complete; there is nothing to run.\n");
    expect(again.stderr).not.toContain("started");
    expect(again.stdout).toBe(first.stdout);
    const resumed = await workspace.run(["resume", "small"]);
    expect(resumed.stdout).toBe(first.stdout);
    const report = await workspace.run(["report", "small"]);
    expect(report).toEqual({ code: 0, stdout: first.stdout, stderr: "" });
  });

  it("has exactly one result per unit", async () => {
    const store = await workspace.openStore();
    try {
      const rows = await store.listResults("small");
      expect(new Set(rows.map((row) => row.unitKey)).size).toBe(units);
      expect(rows.map((row) => row.attempt)).toEqual(rows.map(() => 1));
      expect(await store.countResults("small")).toMatchObject({ planned: units, failed: 0 });
    } finally {
      await store.close();
    }
  });

  it("reports its status", async () => {
    const status = await workspace.run(["status", "small", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      name: "small",
      status: "finished",
      statusReason: null,
      planned: units,
      failed: 0,
    });
    const list = await workspace.run(["status"]);
    expect(list.stdout).toMatch(new RegExp(`^small +finished +${units}/${units} +0 `, "m"));
  });

  it("shows one adapted sample with every step", async () => {
    const listed = await workspace.run(["samples", "small", "--variant", "tt-si-all", "--json"]);
    const rows = listed.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { adapted: boolean; sampleKey: string; unitKey: string });
    expect(rows).toHaveLength(12);
    const adapted = rows.find((row) => row.adapted);
    expect(adapted).toBeDefined();
    const shown = await workspace.run([
      ...["show", "small", adapted!.sampleKey, "--variant", "tt-si-all"],
    ]);
    expect(shown.code).toBe(0);
    for (const part of [
      `sample ${adapted!.sampleKey} of lookalike, sweep small`,
      "variant tt-si-all, seed 0: ",
      "\n  uncertainty (rss)\n",
      "\n  synthesis: ok\n",
      "\n    synthetic pair 1\n",
      "\n  adaptation\n    losses ",
      "\n    from the adapted model\n    before (base): ",
      "\n    trainAdapter ",
      `/workflows/${encodeURIComponent(`small/lookalike/${adapted!.sampleKey}`)}/`,
    ]) {
      expect(shown.stdout).toContain(part);
    }
  });

  it("refuses the same name with another config, and names the difference", async () => {
    const result = await workspace.run([
      "run",
      "small.yaml",
      "--set",
      "training.learningRate=1e-3",
    ]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^error SWEEP_NAME_TAKEN: /);
    expect(result.stderr).toContain("0.005 -> 0.001");
    expect(result.stderr).toContain("--set training.learningRate=1e-3 --set sweep=small-2\n");
  });

  it("is extended by a seed and runs only the new units", async () => {
    const grown = await workspace.run(["run", "small.yaml", "--set", "seeds=2"]);
    expect(grown.code).toBe(0);
    expect(grown.stderr).toContain(`sweep small: ${2 * units} units, ${units} of them done\n`);
    expect(grown.stdout).toContain("96 of 96 units answered, 0 failed");
  });

  it("leaves background processes that `dev down` stops, and needs none when complete", async () => {
    const running = workspace.services().map(({ name, alive }) => [name, alive]);
    expect(running).toEqual([
      ["engine", true],
      ["supervisor", true],
      ["temporal", true],
      ["worker-gpu", true],
      ["worker-orchestrator-cpu", true],
    ]);
    const down = await workspace.run(["dev", "down"]);
    expect(down.stderr).toBe(
      "Stopped supervisor, engine, temporal, worker-gpu, worker-orchestrator-cpu.\n",
    );
    expect(workspace.services()).toEqual([]);
    const again = await workspace.run(["resume", "small"]);
    expect(again.code).toBe(0);
    expect(workspace.services()).toEqual([]);
  });
});
