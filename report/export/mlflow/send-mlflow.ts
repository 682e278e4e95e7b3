import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VariantSpec } from "../../../domain/config/variant.js";
import { DEFAULT_FORMAT } from "../../../domain/formats/answer-formats.js";
import { isObject } from "../../../domain/json/scan.js";
import { shortenText } from "../../../domain/text/cut-text.js";
import type { SweepRecord } from "../../../store/store.js";
import { describeWriter, type ExportOptions, type ExportSource } from "../export-source.js";
import { renderJsonl } from "../render-jsonl.js";
import { COLUMNS_WITHOUT_TEXTS, RECORD_COLUMNS } from "../result-records.js";
import type { SentResults, ServiceInput } from "../service/exporter.js";
import { RunTotals } from "./run-totals.js";
import { TrackingServer, type Metric, type TrackedRun } from "./tracking-server.js";

/** The tag by which a run is found again. */
const KEY = "whetstone.run";

/** Longest value of a parameter that every store of MLflow takes. */
const LONGEST_PARAM = 500;

/** MLflow's word for how far a sweep is. */
const STATUS = {
  planned: "SCHEDULED",
  running: "RUNNING",
  finished: "FINISHED",
  stopped: "KILLED",
  cancelled: "KILLED",
} as const satisfies Record<SweepRecord["status"], string>;

/** One variant under one seed. */
interface RunScope {
  readonly record: SweepRecord;
  readonly variant: VariantSpec;
  readonly seed: number;
}

/**
 * Sends one run per variant and seed to an MLflow tracking server, in an experiment with the sweep's name: parameters,
 * metrics, and as artifacts the config and the units. A run that an earlier export made is brought up to date. Throws
 * `USAGE`, `SETTING_INVALID`, `EXPORT_SERVICE_REFUSED`, `EXPORT_SERVICE_UNREACHABLE`.
 */
export async function sendMlflowRuns(input: ServiceInput): Promise<SentResults> {
  const folder = await mkdtemp(join(tmpdir(), "whetstone-mlflow-"));
  try {
    return await sendRuns(input, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sendRuns(input: ServiceInput, folder: string): Promise<SentResults> {
  const { source, options, address, env } = input;
  const { record } = source;
  const server = new TrackingServer(env, address);
  const experiment = await server.provideExperiment(env["MLFLOW_EXPERIMENT_NAME"] ?? record.name);
  let created = 0;
  let updated = 0;
  const elsewhere = new Set<string>();
  for (const variant of record.config.variants) {
    for (const seed of record.config.seeds) {
      const scope = { record, variant, seed };
      const read = await readRun(source, options, scope, join(folder, "units.jsonl"));
      if (read === null) continue;
      const { run, isNew } = await provideRun(server, experiment, scope, read);
      if (isNew) created += 1;
      else updated += 1;
      await server.logBatch(run, {
        metrics: toMetrics(read),
        params: listParams(scope),
        tags: [{ key: "mlflow.note.content", value: describeRun(scope) }],
      });
      const files = { "units.jsonl": read.units, "config.yaml": record.configText };
      for (const [path, content] of Object.entries(files)) {
        const isSent = await server.uploadArtifact(run, path, content);
        if (!isSent) elsewhere.add(run.artifactUri.replace(/:.*$/, ""));
      }
      const isOver = record.status !== "running" && record.status !== "planned";
      const end = isOver ? Date.parse(read.total.finishedAt) : null;
      await server.setStatus(run, STATUS[record.status], end);
    }
  }
  return {
    address: server.address,
    summary: `${created} runs created, ${updated} brought up to date, in experiment ${experiment}`,
    warnings: [...elsewhere].map(
      (kind) =>
        `artifacts were not sent: the server keeps them elsewhere (${kind === "" ? "nowhere" : kind}), not behind its own address`,
    ),
  };
}

/** The units of one run. */
interface ReadRun {
  readonly total: RunTotals;
  /** Per data set, if there are several. */
  readonly datasets: ReadonlyMap<string, RunTotals>;
  /** The units as JSON Lines. */
  readonly units: { readonly file: string };
}

/** Adds up a run's units and writes them into a file, which may be too large for memory. Null if there are none yet. */
async function readRun(
  source: ExportSource,
  { texts }: ExportOptions,
  { record, variant, seed }: RunScope,
  file: string,
): Promise<ReadRun | null> {
  const total = new RunTotals();
  const datasets = new Map<string, RunTotals>();
  const counted: ExportSource = {
    record,
    async *readUnits() {
      for await (const unit of source.readUnits({ variant: variant.name, seed })) {
        const own = datasets.get(unit.row.dataset) ?? new RunTotals();
        datasets.set(unit.row.dataset, own);
        total.add(unit.row);
        own.add(unit.row);
        yield unit;
      }
    },
  };
  const columns = texts ? RECORD_COLUMNS : COLUMNS_WITHOUT_TEXTS;
  await writeFile(file, renderJsonl([counted], columns));
  if (datasets.size === 0) return null;
  return { total, datasets: datasets.size > 1 ? datasets : new Map(), units: { file } };
}

async function provideRun(
  server: TrackingServer,
  experiment: string,
  scope: RunScope,
  { total }: ReadRun,
): Promise<{ readonly run: TrackedRun; readonly isNew: boolean }> {
  const { record, variant, seed } = scope;
  // The time tells a sweep from an earlier one of the same name.
  const key = `${record.name}/${variant.name}/${seed}/${record.createdAt}`;
  const known = await server.findRun(experiment, KEY, key);
  if (known !== null) return { run: known, isNew: false };
  const name = `${record.name}-${variant.name}-seed-${seed}`;
  const tags = { [KEY]: key, "mlflow.source.name": describeWriter(), "mlflow.runName": name };
  const run = await server.createRun(
    experiment,
    name,
    Date.parse(total.startedAt),
    Object.entries(tags).map(([tag, value]) => ({ key: tag, value })),
  );
  return { run, isNew: true };
}

/** Metrics carry the time of the newest unit, so that the same results sent again are the same values. */
function toMetrics({ total, datasets }: ReadRun): Metric[] {
  const timestamp = Date.parse(total.finishedAt);
  const parts: readonly [string, RunTotals][] = [
    ["", total],
    ...[...datasets].map(([name, each]): [string, RunTotals] => [`${name}/`, each]),
  ];
  return parts.flatMap(([prefix, each]) =>
    Object.entries(each.toMetrics()).map(([name, value]) => ({
      ...{ key: `${prefix}${name}`, value, timestamp, step: 0 },
    })),
  );
}

/** What the run was configured with; none of it changes while a sweep keeps its name. */
function listParams({ record, variant, seed }: RunScope): { key: string; value: string }[] {
  const { model, datasets, prompt, format } = record.config;
  const values = {
    model,
    prompt,
    format: format ?? DEFAULT_FORMAT,
    datasets: datasets.map(({ name }) => name).join(","),
    seed,
    variant: variant.name,
    ...variant,
  };
  return flatten(values)
    .filter(([key]) => key !== "name")
    .map(([key, value]) => ({ key, value: shortenText(value, LONGEST_PARAM) }));
}

/** Values by path, `training.rank`; lists as JSON. */
function flatten(values: object, prefix = ""): [string, string][] {
  return Object.entries(values).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    if (value === undefined) return [];
    if (isObject(value)) return flatten(value, `${prefix}${key}.`);
    return [[`${prefix}${key}`, typeof value === "string" ? value : JSON.stringify(value)]];
  });
}

function describeRun({ record, variant, seed }: RunScope): string {
  return `Variant ${variant.name} (${variant.method}) of the sweep ${record.name} under seed ${seed}. Config hash ${record.configHash}. Written by ${describeWriter()}.`;
}
