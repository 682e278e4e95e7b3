import type { DatasetSpec } from "../../../domain/config/config.js";
import type { VariantSpec } from "../../../domain/config/variant.js";
import type { SweepRecord } from "../../../store/store.js";
import { makeUuid, nameModel, toFolder } from "./names.js";

/** Version of the schema. */
export const SCHEMA_VERSION = "0.3.0";

/** The two verdicts on a unit, each a result of an evaluation. */
export const VERDICTS = ["soft", "strict"] as const;

/** What one record of the database covers. */
export interface EeeScope {
  readonly record: SweepRecord;
  readonly variant: VariantSpec;
  readonly seed: number;
  readonly dataset: DatasetSpec;
}

/** Names of a record, the same in its file of results and its file of samples. */
export interface EeeNames {
  readonly evaluation: string;
  readonly model: string;
  /** Path without its ending. */
  readonly path: string;
}

/** The names of a record. */
export function nameRecord({ record, variant, seed, dataset }: EeeScope): EeeNames {
  const model = nameModel(record.config.model);
  const seconds = String(Math.floor(Date.parse(record.createdAt) / 1_000));
  const key = [record.name, record.createdAt, variant.name, seed, dataset.name];
  return {
    evaluation: `${dataset.name}/${variant.name}/seed-${seed}/${model}/${seconds}`,
    model,
    path: `data/${toFolder(dataset.name)}/${model}/${makeUuid(...key)}`,
  };
}

/** Id of one of a record's two results. */
export function nameResult(names: EeeNames, verdict: string): string {
  return `${names.evaluation}/${verdict}`;
}

/** What one of a record's results is called. */
export function nameEvaluation({ dataset, variant }: EeeScope, verdict: string): string {
  return `${dataset.name} (${variant.name}, ${verdict})`;
}
