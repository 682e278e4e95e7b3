import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { makeReport } from "../../browser/make-report.js";
import { createWorkspace, type Workspace } from "../workspace.js";
import { providePython, runScript } from "./python-environment.js";

const environment = await providePython("hf");
const title = environment.skip === null ? "" : ` (skipped: ${environment.skip})`;

describe.skipIf(environment.skip !== null)(`Hugging Face's datasets${title}`, () => {
  const [sweep] = makeReport({ samples: 12 }).sweeps;
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await createWorkspace();
    const store = await workspace.openStore();
    await store.createSweep(sweep!.record);
    await store.putSamples("lookalike", "hash", [...sweep!.samples.values()]);
    await store.putUnits(sweep!.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
    for (const row of sweep!.units) await store.putResult(row);
    await store.close();
  });
  afterAll(() => workspace.close());

  it("loads the same rows that the JSON Lines have", async () => {
    const out = join(workspace.folder, "hf");
    const exported = await workspace.run(["export", "made-up", "--format", "hf", "--out", out]);
    expect(exported.stderr).toContain("96 units in 2 files");
    const lines = await workspace.run(["export", "made-up"]);
    const cache = join(workspace.folder, "cache");
    const rows = await runScript<Record<string, unknown>>(environment, "load_hf_dataset.py", [
      ...[out, cache],
    ]);
    const json = new Set(["answers", "calls", "messages", "gold", "trace"]);
    const decoded = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          json.has(name) && typeof value === "string" ? (JSON.parse(value) as unknown) : value,
        ]),
      ),
    );
    const expected = lines.stdout.trimEnd().split("\n");
    expect(decoded).toEqual(expected.map((line) => JSON.parse(line) as unknown));
    const [, header = ""] = readFileSync(join(out, "README.md"), "utf8").split("---\n");
    expect(parse(header)).toMatchObject({
      pretty_name: "Whetstone results: made-up",
      size_categories: ["n<1K"],
      configs: [{ data_files: [{ split: "test", path: "data/test.parquet" }] }],
    });
  });
});
