import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GoldSample } from "../../../domain/samples/sample.js";
import { describeVerdict } from "../../../report/text/describe-verdict.js";
import type { ResultRow } from "../../../store/store.js";
import { makeReport } from "../../browser/make-report.js";
import { createWorkspace, type Workspace } from "../workspace.js";
import { providePython, runScript } from "./python-environment.js";

interface ReadLog {
  readonly status: string;
  readonly task: string;
  readonly losses: readonly string[];
  readonly accuracy: number;
  readonly summaries: readonly string[];
  readonly single: string;
  readonly samples: readonly ReadSample[];
}

interface ReadSample {
  readonly id: string;
  readonly input: readonly string[];
  readonly target: string;
  readonly choices: null;
  readonly calls: unknown;
  readonly scores: Readonly<Record<string, readonly string[]>>;
  readonly tokens: number;
  readonly error: string | null;
  readonly retries: number;
  readonly roles: readonly string[];
  readonly unit: string;
  readonly link: string;
}

const environment = await providePython("inspect");
const title = environment.skip === null ? "" : ` (skipped: ${environment.skip})`;

describe.skipIf(environment.skip !== null)(`Inspect AI${title}`, () => {
  const [sweep] = makeReport({ samples: 12, seeds: 2, hostileText: "</script> \ud800" }).sweeps;
  let workspace: Workspace;
  let logs: ReadLog[];
  let rows: readonly ResultRow[];
  beforeAll(async () => {
    workspace = await createWorkspace();
    const store = await workspace.openStore();
    await store.createSweep(sweep!.record);
    await store.putSamples("lookalike", "hash", [...sweep!.samples.values()].map(withOddType));
    await store.putUnits(sweep!.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
    for (const row of sweep!.units) await store.putResult(row);
    rows = await store.listResults(sweep!.record.name);
    await store.close();
    const out = join(workspace.folder, "logs");
    const { code, stderr } = await workspace.run([
      ...["export", sweep!.record.name, "--format", "inspect", "--out", out],
    ]);
    expect(stderr).toContain(`${rows.length} units in 16 files`);
    expect(code).toBe(0);
    const paths = readdirSync(out).filter((name) => name.endsWith(".eval"));
    logs = await runScript(
      environment,
      "read_inspect_logs.py",
      paths.map((name) => join(out, name)),
    );
  });
  afterAll(() => workspace.close());

  it("reads one log per variant and seed, and loses nothing of what they say", () => {
    expect(logs.map(({ task }) => task).sort()).toEqual(
      sweep!.record.config.variants
        .flatMap(({ name }) => [0, 1].map((seed) => `made-up-${name}-seed-${seed}`))
        .sort(),
    );
    for (const log of logs) {
      expect(log.losses).toEqual([]);
      expect(log.status).toBe("success");
      expect([...log.summaries].sort()).toEqual(log.samples.map(({ id }) => id).sort());
      expect(log.summaries).toContain(log.single);
    }
  });

  it("finds every unit with input, target, calls, both verdicts, tokens and link", () => {
    const found = new Map(logs.flatMap(({ samples }) => samples).map((each) => [each.unit, each]));
    expect(found.size).toBe(rows.length);
    for (const row of rows) {
      const { sample, gold } = sweep!.samples.get(`lookalike/${row.sampleKey}`)!;
      const { answer } = row.trace;
      const read = found.get(row.unitKey)!;
      expect(read).toMatchObject({
        input: sample.messages.map(({ content }) => content.toWellFormed()),
        target: JSON.stringify(gold.calls),
        choices: null,
        tokens: (answer?.promptTokens ?? 0) + (answer?.completionTokens ?? 0),
        retries: row.attempt - 1,
      });
      expect(decodeURIComponent(read.link)).toContain(row.unitKey);
      if (row.outcome === "failed") {
        expect(read).toMatchObject({ scores: {}, calls: [] });
        expect(read.error).toBe(`${row.errorCode}: ${row.errorMessage}`);
        continue;
      }
      expect(read.calls).toEqual(JSON.parse(JSON.stringify(row.calls ?? []).toWellFormed()));
      const headline = row.correct === true ? "C" : "I";
      expect(read.scores["soft"]).toEqual([headline, describeVerdict(row).toWellFormed()]);
      expect(read.scores["strict"]?.[0]).toBe(row.correctStrict === true ? "C" : "I");
    }
  });

  it("computes the accuracy that the report shows", () => {
    for (const { variant, soft } of sweep!.summary.datasets[0]!.variants) {
      const own = logs.filter(({ task }) => task.startsWith(`made-up-${variant}-seed-`));
      const mean = own.reduce((sum, { accuracy }) => sum + accuracy / own.length, 0);
      expect(mean).toBeCloseTo(soft.mean ?? NaN, 12);
    }
  });

  it("shows the steps of an adapted unit as model events", () => {
    const adapted = rows.find((row) => row.adapted && row.trace.training !== undefined)!;
    const read = logs
      .flatMap(({ samples }) => samples)
      .find(({ unit }) => unit === adapted.unitKey);
    const attempts = adapted.trace.synthesis!.attempts.map(() => "synthesize");
    expect(read?.roles).toEqual(["scoreUncertainty", ...attempts, "trainAdapter", "infer"]);
  });
});

/** A type that data sets use and JSON Schema does not know. */
function withOddType({ sample, gold }: GoldSample): GoldSample {
  const properties = { of: { type: "dict", properties: { it: { type: "any" } } } };
  const odd = { name: "odd", description: "Is odd.", parameters: { type: "dict", properties } };
  return { sample: { ...sample, tools: [...sample.tools, odd] }, gold };
}
