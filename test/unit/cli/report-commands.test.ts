import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordResult } from "../../../activities/local/record-result.js";
import { addCompareCommand } from "../../../cli/commands/compare.js";
import { addExportCommand } from "../../../cli/commands/export.js";
import { addReportCommand } from "../../../cli/commands/report.js";
import { addScoreCommand } from "../../../cli/commands/score.js";
import { loadSettings } from "../../../infra/settings.js";
import { openStore } from "../../../store/open-store.js";
import type { Store } from "../../../store/store.js";
import { makeReportSweep } from "../report/fixtures.js";
import { putServed } from "../report/served/served-store.js";
import type { RecordingTerminal } from "./recording-terminal.js";
import { createRecordingTerminal } from "./recording-terminal.js";

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-commands-"));
  store = await openStore(loadSettings({ WHETSTONE_HOME: folder }).databaseUrl);
  for (const sweep of [makeReportSweep(), makeReportSweep({ name: "later", alsoRight: [8] })]) {
    await store.createSweep(sweep.record);
    await store.putSamples("lookalike", "hash", [...sweep.samples.values()]);
    await store.putUnits(sweep.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
    for (const row of sweep.units) await store.putResult(row);
  }
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function run(...words: readonly string[]): Promise<RecordingTerminal> {
  const terminal = createRecordingTerminal();
  const context = { settings: loadSettings({ WHETSTONE_HOME: folder }), terminal };
  const program = new Command().exitOverride();
  for (const add of [addReportCommand, addExportCommand, addCompareCommand, addScoreCommand]) {
    add(program, context);
  }
  await program.parseAsync(["node", "whetstone", ...words]);
  return terminal;
}

describe("report", () => {
  it("prints the tables of several sweeps", async () => {
    const { results } = await run("report", "trial", "later");
    const text = results.join("\n");
    expect(text).toContain("sweep trial (finished): 39 of 40 units answered, 1 failed");
    expect(text).toContain("sweep later (finished)");
    expect(text).toContain("against the controls on lookalike");
    expect(text).toContain("several answers per unit on lookalike");
  });

  it("writes a folder", async () => {
    const out = join(folder, "out");
    const { results } = await run("report", "trial", "--out", out, "--json");
    const { files } = JSON.parse(results[0]!) as { files: string[] };
    expect(files).toContain("tables/against-base.tex");
    for (const file of files) expect(existsSync(join(out, file))).toBe(true);
  }, 60_000);

  it("prints what was served under a name, with a sweep of that name or without", async () => {
    await putServed(store, [
      { acceptedAt: "2026-01-01T10:00:00.000Z", from: "adapted", right: [true, false] },
    ]);
    const { results } = await run("report", "trial", "app");
    const text = results.join("\n");
    expect(text).toContain("sweep trial (finished)");
    expect(text).toContain("\nserved as app: 1 request, 1 uncertain: 1 answered by the adapted");
    const [line, ...others] = (await run("report", "app", "--json")).results;
    expect(others).toEqual([]);
    expect(JSON.parse(line!)).toMatchObject({ served: "app", totals: { asked: 1, adapted: 1 } });
  });

  it("names the missing sweep", async () => {
    await expect(run("report", "trial", "nothing")).rejects.toMatchObject({
      code: "SWEEP_NOT_FOUND",
      message: 'There is no sweep "nothing". Sweeps: trial, later.',
    });
  });
});

describe("export", () => {
  it("writes a file at once", async () => {
    const out = join(folder, "results.csv");
    await run("export", "trial", "--format", "csv", "--out", out);
    expect(readFileSync(out, "utf8").split("\n")[0]).toMatch(/^unit,sweep,model,dataset,sample,/);
  });

  it("rejects an unknown format and lists the available ones", async () => {
    await expect(run("export", "trial", "--format", "xls")).rejects.toMatchObject({
      code: "USAGE",
      message:
        'There is no format "xls". Available formats: jsonl, csv, parquet, inspect, hf, eee, otel, mlflow.',
    });
  });
});

describe("export into a folder", () => {
  it("needs a folder", async () => {
    await expect(run("export", "trial", "--format", "inspect")).rejects.toMatchObject({
      code: "USAGE",
      message: "inspect is a folder of files, which needs --out.",
      hint: "add --out results-inspect",
    });
  });

  it("replaces its folder, and leaves out texts on request", async () => {
    const out = join(folder, "logs");
    await run("export", "trial", "--format", "inspect", "--out", out);
    const whole = readdirSync(out);
    expect(whole.filter((name) => name.endsWith(".eval"))).toHaveLength(4);
    const sizeOf = () =>
      statSync(
        join(
          out,
          whole.find((name) => name.endsWith(".eval"))!,
        ),
      ).size;
    const size = sizeOf();
    await run("export", "trial", "--format", "inspect", "--no-texts", "--out", out);
    expect(readdirSync(out)).toEqual(whole);
    expect(sizeOf()).toBeLessThan(size);
  });
});

describe("export to a server", () => {
  it("has no file, and other formats have no server", async () => {
    const out = join(folder, "events");
    await expect(run("export", "trial", "--format", "otel", "--out", out)).rejects.toMatchObject({
      code: "USAGE",
      message: "otel is sent to a server: --out does not apply.",
    });
    await expect(run("export", "trial", "--to", "http://127.0.0.1:9")).rejects.toMatchObject({
      code: "USAGE",
      message: "jsonl is written to files: --to does not apply.",
    });
  });

  it(
    "names a server that cannot be reached, without its password",
    { timeout: 30_000 },
    async () => {
      const to = "http://user:secret@127.0.0.1:9";
      await expect(run("export", "trial", "--format", "otel", "--to", to)).rejects.toMatchObject({
        code: "EXPORT_SERVICE_UNREACHABLE",
        message: expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:9\/v1\/logs could not be reached in 5 attempts: (?!.*secret)/,
        ) as string,
        retryable: true,
      });
    },
  );
});

describe("compare", () => {
  it("prints flips with both answers, and links as JSON", async () => {
    const { results: lines } = await run("compare", "trial", "later", "--variant", "base");
    const text = lines.join("\n");
    expect(text).toContain("flips of base: 1");
    expect(text).toMatch(/\n {6}before wrong \(\S+\): .+\n {6}after {2}right: /);
    const json = await run("compare", "trial", "later", "--variant", "base", "--json");
    expect(json.results[0]).toContain("http://127.0.0.1:8233/namespaces/default/workflows");
  });

  it("needs both sides", async () => {
    await expect(run("compare", "trial", "later", "--with", "base")).rejects.toMatchObject({
      code: "USAGE",
      message: "--with requires --variant.",
    });
  });
});

it.each(["1e999", "7".repeat(400), "1234567890123456789"])(
  "an answer with %s is one wrong answer in every command",
  async (digits) => {
    const [first] = await store.listResults("trial", { variant: "base" });
    const { key, ...unit } = {
      ...{ role: first!.role, key: first!.unitKey, sweep: "trial", variant: "base" },
      ...{ seed: first!.seed, dataset: first!.dataset, sampleKey: first!.sampleKey },
    };
    const text = `[{"name": "get", "arguments": {"n": ${digits}}}]`;
    const answer = { from: "base" as const, texts: [text], promptTokens: 1, completionTokens: 1 };
    await recordResult(
      { store, toolVersion: "0.1.0" },
      {
        unit: { key, ...unit },
        ...{ startedAt: first!.startedAt, finishedAt: first!.finishedAt, runId: "again" },
        trace: { ...first!.trace, answer },
      },
    );
    expect(await store.getResult(key)).toMatchObject({ outcome: "scored", correct: false });
    expect((await run("report", "trial")).results.join("\n")).toContain("39 of 40 units answered");
    expect((await run("score", "trial")).results[0]).toContain("no verdict changed");
    for (const format of ["jsonl", "csv", "parquet"]) {
      const out = join(folder, `out.${format}`);
      await run("export", "trial", "--format", format, "--out", out);
      if (format === "jsonl")
        expect(readFileSync(out, "utf8")).toContain(`"arguments":{"n":${digits}}`);
    }
    await run("report", "trial", "--out", join(folder, "out"));
  },
  60_000,
);

describe("score", () => {
  it("changes the store only with --write, and records that in the provenance", async () => {
    const [first] = await store.listResults("trial", { variant: "base" });
    await store.putResult({ ...first!, correct: !first!.correct });
    const shown = await run("score", "trial");
    expect(shown.results[0]).toContain("verdicts changed: 1");
    expect((await store.getResult(first!.unitKey))?.correct).toBe(!first!.correct);
    const written = await run("score", "trial", "--write");
    expect(written.notes).toEqual(["1 verdicts written"]);
    const row = await store.getResult(first!.unitKey);
    expect(row).toEqual(first);
    expect((await store.getSweep("trial"))?.provenance["rescored"]).toMatchObject([
      { scorer: "soft", rules: "soft-v2", changed: 1 },
    ]);
  });

  it("never stores a strict verdict as the headline", async () => {
    await expect(run("score", "trial", "--scorer", "strict", "--write")).rejects.toMatchObject({
      code: "USAGE",
    });
  });
});
