import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPlan } from "../../../activities/support/read-plan.js";
import { loadConfig } from "../../../planning/load-config.js";
import { makeSweep } from "../store/fixtures.js";
import { createWorkspace, failureOf } from "./fixtures.js";

describe("prepareSweep", () => {
  const workspace = createWorkspace();

  it("plans sample by sample, each with all seeds and the variants in the config's order", async () => {
    const { units } = await workspace.prepare("seeds=2", "dataset.limit=2");
    expect(units.map(({ seed, variant, sampleKey }) => [seed, variant, sampleKey[0]])).toEqual(
      ["0", "1"].flatMap((row) =>
        [0, 1].flatMap((seed) =>
          ["base", "tt-si", "argmax-name"].map((variant) => [seed, variant, row]),
        ),
      ),
    );
    expect(units.every((unit) => unit.role === "report")).toBe(true);
    expect(units[0]?.key).toMatch(/^trial\/base\/0\/tools\/0-[0-9a-f]{8}$/);
  });

  it("records whether the dataset declares required arguments", async () => {
    const { facts } = await workspace.prepare("dataset.limit=2");
    expect(facts["datasets"]).toMatchObject([{ name: "tools", requirementsKnown: true }]);
    const silent = createWorkspace();
    const path = join(silent.folder, "data.jsonl");
    const emptied = readFileSync(path, "utf8").replaceAll('"required":["of"]', '"required":[]');
    writeFileSync(path, emptied);
    const prepared = await silent.prepare();
    expect(prepared.facts["datasets"]).toMatchObject([{ name: "tools", requirementsKnown: false }]);
    const record = { ...makeSweep(), createdAt: "", updatedAt: "", provenance: prepared.facts };
    expect(readPlan(record).requirementsUnknown).toEqual(["tools"]);
    expect(readPlan({ ...record, provenance: facts })).not.toHaveProperty("requirementsUnknown");
    // One tool with a required argument is enough: then an empty list is meaningful.
    writeFileSync(path, emptied.replace('"required":[]', '"required":["of"]'));
    expect((await silent.prepare()).facts["datasets"]).toMatchObject([{ requirementsKnown: true }]);
  });

  it("notes the rules by which schemas are read, if not all are plain", async () => {
    const other = createWorkspace();
    const plain = (await other.prepare()).identity.datasets["tools"];
    expect(plain).not.toHaveProperty("schemas");
    const path = join(other.folder, "data.jsonl");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"type":"string"', '"type":["string","null"]'));
    expect((await other.prepare()).identity.datasets["tools"]).toMatchObject({
      schemas: "schemas-1",
    });
  });

  it("notes how an answer may say no call, if that is right for some record", async () => {
    const other = createWorkspace();
    expect((await other.prepare()).identity).not.toHaveProperty("rules.refusals");
    const path = join(other.folder, "data.jsonl");
    const [line = ""] = readFileSync(path, "utf8").split("\n");
    const record = JSON.parse(line) as { messages: object[] };
    const messages = [...record.messages.slice(0, -1), { role: "assistant", content: "None." }];
    appendFileSync(path, `${JSON.stringify({ ...record, messages })}\n`);
    const [byWords, byList] = [await other.prepare(), await other.prepare("refusals=empty-list")];
    expect(byWords.identity.rules).toMatchObject({ refusals: "words" });
    expect(byWords.facts["rules"]).toMatchObject({ refusals: "words" });
    expect(byList.identity).not.toHaveProperty("rules.refusals");
    expect(byList.configHash).not.toBe(byWords.configHash);
    // The default, spelled out, is the same sweep.
    expect((await other.prepare("refusals=words")).configHash).toBe(byWords.configHash);
  });

  it("warns about a needed key that is not set", async () => {
    const { warnings } = await workspace.prepare(
      "variants.3={ method: tt-d, teacher: { baseUrl: 'https://teach.example/v1', model: m, apiKeyEnv: WHETSTONE_NO_SUCH_KEY } }",
    );
    expect(warnings).toEqual([
      "WHETSTONE_NO_SUCH_KEY is not set here, the key for https://teach.example/v1 (tt-d)",
    ]);
  });

  it("plans calibration units first, once for all variants with tau auto", async () => {
    const { units, facts } = await workspace.prepare(
      "dataset.calibration=3",
      "variants.1.tau=auto",
      "variants.3={ name: all, method: tt-si, tau: auto, selection: all }",
    );
    const calibration = units.filter((unit) => unit.role === "calibration");
    expect(units.slice(0, 3)).toEqual(calibration);
    expect(calibration.map(({ variant, sampleKey }) => [variant, sampleKey.split("-")[0]])).toEqual(
      // Drawn from the whole file.
      [3, 6, 9].map((row) => ["calibration", String(row)]),
    );
    expect(facts["datasets"]).toMatchObject([
      { calibration: calibration.map(({ sampleKey }) => sampleKey) },
    ]);
    const reported = units.filter((unit) => unit.role === "report");
    expect(reported).toHaveLength(4 * 5);
    const shared = new Set(calibration.map((unit) => unit.sampleKey));
    expect(reported.filter((unit) => shared.has(unit.sampleKey))).toEqual([]);
  });

  it("picks the same calibration records before a variant needs them and for every limit", async () => {
    const reported = async (...overrides: string[]): Promise<string[]> => {
      const { units } = await workspace.prepare("dataset.calibration=3", ...overrides);
      const own = units.filter(({ variant, role }) => variant === "base" && role === "report");
      return own.map(({ sampleKey }) => sampleKey.split("-")[0] ?? "");
    };
    expect(await reported("dataset.limit=9")).toEqual("0 1 2 4 5 7 8 10 11".split(" "));
    expect(await reported("dataset.limit=4")).toEqual("0 1 2 4".split(" "));
    expect(await reported("dataset.limit=4", "variants.1.tau=auto")).toEqual("0 1 2 4".split(" "));
  });

  it("takes the last records of the bundled dataset", async () => {
    const { units } = await workspace.prepare(
      "dataset={ format: lookalike, limit: 2, calibration: 3 }",
      "variants.1.tau=auto",
    );
    const rows = units.map(({ role, sampleKey }) => `${role} ${sampleKey.split("-")[0]}`);
    expect([...new Set(rows)]).toEqual([
      ...[597, 598, 599].map((row) => `calibration ${row}`),
      ...["report 0", "report 1"],
    ]);
  });

  it("plans no calibration units if no variant needs them, and never reports their records", async () => {
    const { units } = await workspace.prepare("dataset.calibration=9", "dataset.limit=12");
    expect(units).toHaveLength(3 * 3);
    expect(units.filter((unit) => unit.role === "calibration")).toEqual([]);
  });

  it("warns if fewer records can be reported than requested", async () => {
    const { warnings } = await workspace.prepare("dataset.limit=20");
    expect(warnings).toContain("tools: limit 20, but only 12 of 12 records can be reported on");
  });

  it("refuses reported and calibration records that overlap", async () => {
    const error = await failureOf(
      workspace.prepare("variants.1.tau=auto", "dataset.calibration=8", "dataset.limit=5"),
    );
    expect(error.code).toBe("WHETSTONE_CONFIG_INVALID");
    expect(error.message).toBe(
      "1 problem in config of sweep trial:\n  dataset.tools: limit 5 and calibration 8 need 13 records, and the data set has 12. Allowed: a limit up to 4, or fewer calibration records.",
    );
  });

  it("refuses tau auto without calibration records", async () => {
    const error = await failureOf(
      Promise.resolve().then(() => workspace.prepare("variants.1.tau=auto")),
    );
    expect(error.message).toContain(
      '  variants[1].tau (--set): "auto" needs calibration records, and data set tools sets none aside.',
    );
  });

  it("refuses calibration records that leave none to report on", async () => {
    const error = await failureOf(
      workspace.prepare(
        "dataset={ format: openai-jsonl, name: tools, calibration: 12, path: " +
          join(workspace.folder, "data.jsonl") +
          " }",
      ),
    );
    expect(error.message).toContain(
      "dataset.tools: 12 calibration records leave none to report on, and the data set has 12.",
    );
  });

  it("reads paths of the file relative to the file", () => {
    const { config } = loadConfig(workspace.configPath);
    expect(config.model).toBe(join(workspace.folder, "model"));
    expect(config.datasets[0]?.path).toBe(join(workspace.folder, "data.jsonl"));
  });

  it("reads a model without a slash relative to the file, and leaves names alone", () => {
    const other = createWorkspace();
    const write = (model: string) => {
      const text = readFileSync(other.configPath, "utf8");
      writeFileSync(other.configPath, text.replace(/^model: .*$/m, `model: ${model}`));
      return loadConfig(other.configPath).config.model;
    };
    expect(write("model")).toBe(join(other.folder, "model"));
    expect(write("absent")).toBe(join(other.folder, "absent"));
    expect(write("Qwen/Small@v1")).toBe("hf:Qwen/Small@v1");
    expect(write("qwen2.5-coder-1.5b")).toBe("qwen2.5-coder-1.5b");
    const overridden = loadConfig(other.configPath, ["model=models/tiny"]);
    expect(overridden.config.model).toBe(join(process.cwd(), "models", "tiny"));
  });

  it("notes the source of a downloaded model", async () => {
    const other = createWorkspace();
    const source = { repository: "a/b", commit: "0".repeat(40), files: {} };
    writeFileSync(join(other.folder, "model", ".whetstone-source"), JSON.stringify(source));
    const prepared = await other.prepare();
    expect(prepared.facts).toMatchObject({ model: { source } });
    expect(prepared.configHash).toBe((await workspace.prepare()).configHash);
  });

  it("records provenance", async () => {
    const prepared = await workspace.prepare("sweep=other");
    expect(prepared.facts).toMatchObject({
      model: { directory: join(workspace.folder, "model"), fingerprint: prepared.identity.model },
      prompt: { style: "paper", hash: prepared.identity.prompt.hash },
      datasets: [{ name: "tools", format: "openai-jsonl", records: 12 }],
    });
    expect(prepared.invocation).toMatchObject({
      commandLine: ["run"],
      configPath: workspace.configPath,
      overrides: ["sweep=other"],
      node: process.version,
    });
  });

  it("fails with the model's error before it reads the model", async () => {
    const error = await failureOf(workspace.prepare("model=/no/such/model"));
    expect(error.code).toBe("MODEL_DIRECTORY_INVALID");
  });

  it("fails with the importer's error if the data is missing", async () => {
    const other = createWorkspace();
    rmSync(join(other.folder, "data.jsonl"));
    const error = await failureOf(other.prepare());
    expect(error.code).toBe("DATASET_FILE_MISSING");
  });

  it("names a missing config file", () => {
    expect(() => loadConfig("/no/such/config.yaml")).toThrow(
      expect.objectContaining({
        code: "CONFIG_FILE_MISSING",
        message: "The config file /no/such/config.yaml does not exist.",
      }),
    );
  });
});
