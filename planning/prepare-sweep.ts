import type { ResolvedConfig } from "../domain/config/config.js";
import { warnOfTiny } from "../domain/config/warn-of-tiny.js";
import { isHubPath } from "../domain/config/hub-path.js";
import type { SweepIdentity } from "../domain/config/config-hash.js";
import { HASH_VERSION, hashIdentity, identifySweep } from "../domain/config/config-hash.js";
import { declaresRequirements } from "../domain/grounding/ground-call.js";
import { schemaRulesOf } from "../domain/schemas/schema-rules.js";
import { REFUSAL_RULE } from "../domain/scoring/accept-refusal.js";
import { SCORER_VERSION } from "../domain/scoring/judge-answer.js";
import type { JsonObject } from "../domain/json/value.js";
import type { PlannedUnit } from "../domain/units/unit.js";
import type { ImportedDataset } from "../datasets/index.js";
import { importDataset } from "../datasets/index.js";
import { getPromptStyle } from "../prompts/index.js";
import type { LoadedConfig } from "./load-config.js";
import { fingerprintModel } from "../infra/model-files/fingerprint.js";
import { readFileSource, readSource } from "../infra/model-files/read-source.js";
import { provideData } from "../infra/model-files/provide-data.js";
import { provideModel } from "../infra/model-files/provide.js";
import type { DatasetPart } from "./plan-units.js";
import { listRules } from "./list-rules.js";
import { selectRows } from "./select-rows.js";
import type { PreparedSplit } from "./import-splits.js";
import { importSplits } from "./import-splits.js";
import { findMissingKeys, warnOfMissingKey } from "./missing-keys.js";
import { AUTO_FORMAT } from "../domain/formats/format-fit.js";
import { settleConfig } from "./fit/settle-config.js";
import type { SettleFormat } from "./fit/settle-format.js";
import { planUnits, splitDataset } from "./plan-units.js";
import type { InvocationInput } from "./provenance.js";
import { describeInvocation } from "./provenance.js";

/** A config to prepare, and the command that named it. */
export interface PrepareSweepInput {
  /** A loaded file, or a stored sweep's config and text with `path: null`. */
  readonly loaded: Omit<LoadedConfig, "path"> & { readonly path: string | null };
  /** `--set` overrides of this command, for provenance and for commands in messages. */
  readonly overrides?: readonly string[];
  /** Arguments as typed; default: this process's arguments. */
  readonly commandLine?: readonly string[];
  /** Settles `format: auto`; absent: it stays open. */
  readonly settleFormat?: SettleFormat;
}

/** A sweep that is ready to store: everything is read and validated, nothing is written. */
export interface PreparedSweep {
  readonly config: ResolvedConfig;
  readonly configText: string;
  readonly configPath: string | null;
  readonly overrides: readonly string[];
  readonly identity: SweepIdentity;
  readonly configHash: string;
  readonly hashVersion: number;
  readonly model: { readonly directory: string; readonly fingerprint: string };
  readonly datasets: readonly PreparedDataset[];
  /** Training splits of the variants that use one. */
  readonly splits: readonly PreparedSplit[];
  /** In plan order. */
  readonly units: readonly PlannedUnit[];
  /** Facts about the model, the data and this command. */
  readonly facts: JsonObject;
  readonly invocation: JsonObject;
  readonly warnings: readonly string[];
}

/** One dataset of a prepared sweep. */
export interface PreparedDataset extends DatasetPart {
  readonly contentHash: string;
  readonly records: number;
}

/**
 * Reads and validates everything that a sweep needs, without writing anything: model files, data,
 * prompts, units, provenance. Throws `MODEL_DIRECTORY_INVALID`, `WHETSTONE_CONFIG_INVALID` and the
 * importers' errors.
 */
export async function prepareSweep(input: PrepareSweepInput): Promise<PreparedSweep> {
  const overrides = input.overrides ?? [];
  const { config: written } = input.loaded;
  const directory = await provideModel(written.model);
  const requirements = new Map<string, boolean>();
  const schemas = new Map<string, string | null>();
  const used: ImportedDataset[] = [];
  for (const spec of written.datasets) {
    const dataset = await importDataset(await provideData(spec));
    // Computed over the whole dataset, regardless of which records are used.
    const tools = dataset.samples.flatMap(({ sample }) => sample.tools);
    requirements.set(spec.name, declaresRequirements(tools));
    schemas.set(spec.name, schemaRulesOf(tools));
    used.push({ ...dataset, samples: selectRows(dataset.samples, spec) });
  }
  const fingerprint = await fingerprintModel(directory);
  const model = { directory, fingerprint };
  const { config, fit } = await settleConfig(written, used, model, input.settleFormat);
  const imported = used.flatMap((dataset, index) => {
    const spec = config.datasets[index];
    if (spec === undefined) return [];
    return [{ dataset, part: splitDataset(config, spec, dataset.samples) }];
  });
  const rules = {
    ...listRules(config),
    ...(config.refusals === undefined &&
      imported.some(({ dataset }) => needsNoCall(dataset)) && { refusals: REFUSAL_RULE }),
  };
  const splits = await importSplits(config.variants);
  const source = readSource(directory);
  const prompt = describePrompt(config);
  const identity = identifySweep(config, {
    modelFingerprint: fingerprint,
    promptHash: prompt.hash,
    scorerVersion: SCORER_VERSION,
    rules,
    datasets: Object.fromEntries(
      imported.map(({ dataset }) => [
        dataset.name,
        { ...describe(dataset), schemas: schemas.get(dataset.name) ?? null },
      ]),
    ),
    splits: Object.fromEntries(splits.map((split) => [split.name, identifySplit(split)])),
  });
  const invocation: InvocationInput = {
    commandLine: input.commandLine ?? process.argv.slice(2),
    configPath: input.loaded.path,
    overrides,
  };
  return {
    config,
    configText: input.loaded.text,
    configPath: input.loaded.path,
    overrides,
    identity,
    configHash: hashIdentity(identity),
    hashVersion: HASH_VERSION,
    model,
    datasets: imported.map(({ dataset, part }) => ({ ...part, ...describe(dataset) })),
    units: planUnits(
      config,
      imported.map(({ part }) => part),
    ),
    facts: {
      model: {
        name: config.model,
        directory,
        fingerprint,
        ...(source === null ? {} : { source }),
      },
      prompt,
      ...(fit === null ? {} : { formatFit: fit as unknown as JsonObject }),
      scorer: SCORER_VERSION,
      rules,
      datasets: imported.map(({ dataset, part }) => ({
        name: dataset.name,
        format: dataset.format,
        source: dataset.source,
        ...describeHub(config, dataset),
        requirementsKnown: requirements.get(dataset.name) ?? true,
        ...describe(dataset),
        ...(part.calibration.length > 0 && {
          calibration: part.calibration.map(({ sample }) => sample.key),
        }),
      })),
      splits: Object.fromEntries(splits.map(({ name, storedAs }) => [name, storedAs])),
    },
    splits,
    invocation: describeInvocation(invocation),
    warnings: [
      ...warnOfTiny(config),
      ...imported.flatMap(({ dataset, part }) => [
        ...dataset.warnings.map((warning) => `${dataset.name}: ${warning}`),
        ...warnOfShortage(part, dataset.samples.length),
      ]),
      ...findMissingKeys(config).map(warnOfMissingKey),
    ],
  };
}

/** A config's prompt style and format; without a hash of its texts while the format is open. */
function describePrompt({
  prompt,
  format,
}: ResolvedConfig): Record<"style" | "format" | "hash", string> {
  if (format === AUTO_FORMAT) return { style: prompt, format, hash: AUTO_FORMAT };
  const style = getPromptStyle(prompt, format);
  return { style: style.name, format: style.format.name, hash: style.hash };
}

/** Commit and hashes of a data set of the Hub. */
function describeHub({ datasets }: ResolvedConfig, { name, source }: ImportedDataset): JsonObject {
  const path = datasets.find((spec) => spec.name === name)?.path;
  const hub = path !== undefined && isHubPath(path) ? readFileSource(source) : null;
  return hub === null ? {} : { hub };
}

/** Whether no call is right for some record. */
function needsNoCall({ samples }: ImportedDataset): boolean {
  return samples.some(({ gold }) => gold.calls.length === 0);
}

function describe(dataset: ImportedDataset): { contentHash: string; records: number } {
  return { contentHash: dataset.contentHash, records: dataset.samples.length };
}

/** A split's content, with the rules that read its tools' schemas unless all are plain. */
function identifySplit({ contentHash, samples }: PreparedSplit): string {
  const schemas = schemaRulesOf(samples.flatMap(({ sample }) => sample.tools));
  return schemas === null ? contentHash : `${contentHash} ${schemas}`;
}

function warnOfShortage(part: DatasetPart, records: number): string[] {
  const { name, limit } = part.spec;
  if (limit === undefined || part.reported.length === limit) return [];
  return [
    `${name}: limit ${limit}, but only ${part.reported.length} of ${records} records can be reported on`,
  ];
}
