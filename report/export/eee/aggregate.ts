import { isHubPath, readHubPath } from "../../../domain/config/hub-path.js";
import { readToolVersion } from "../../../infra/repository.js";
import type { ResultRow } from "../../../store/store.js";
import {
  nameEvaluation,
  nameResult,
  SCHEMA_VERSION,
  VERDICTS,
  type EeeNames,
  type EeeScope,
} from "./scope.js";

/** Counts of one record's units. */
export interface EeeCounts {
  units: number;
  answered: number;
  soft: number;
  strict: number;
  /** The last end, ISO 8601; "" without units. */
  finishedAt: string;
  engineVersion: string;
}

/** The file of samples beside a record. */
interface SampleFile {
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
}

/** No units yet. */
export function startCounts(): EeeCounts {
  return { units: 0, answered: 0, soft: 0, strict: 0, finishedAt: "", engineVersion: "" };
}

/** Adds a unit. */
export function countRow(counts: EeeCounts, row: ResultRow): void {
  counts.units += 1;
  if (row.outcome !== "failed") counts.answered += 1;
  if (row.correct === true) counts.soft += 1;
  if (row.correctStrict === true) counts.strict += 1;
  if (row.finishedAt > counts.finishedAt) counts.finishedAt = row.finishedAt;
  counts.engineVersion = row.engineVersion;
}

/** A record: who evaluated which model how, and the accuracy by both verdicts, over the units that have an answer. */
export function describeRecord(
  scope: EeeScope,
  names: EeeNames,
  counts: EeeCounts,
  samples: SampleFile | null,
): object {
  const { record, variant, seed } = scope;
  const { config } = record;
  const seconds = toSeconds(counts.finishedAt);
  return {
    schema_version: SCHEMA_VERSION,
    evaluation_id: names.evaluation,
    evaluation_timestamp: seconds,
    retrieved_timestamp: seconds,
    source_metadata: {
      source_name: `Whetstone sweep ${record.name}`,
      source_type: "evaluation_run",
      source_organization_name: "unknown",
      evaluator_relationship: "other",
      additional_details: { config_hash: record.configHash, config: record.configText },
    },
    eval_library: { name: "whetstone", version: readToolVersion() },
    model_info: {
      name: config.model,
      id: names.model,
      inference_engine: { name: "whetstone-engine", version: counts.engineVersion },
      additional_details: {
        deployment_type: "self_deployed",
        model_availability: "open_weights",
        method: variant.method,
      },
    },
    evaluation_results:
      counts.answered === 0
        ? []
        : VERDICTS.map((verdict) => ({
            evaluation_result_id: nameResult(names, verdict),
            evaluation_name: nameEvaluation(scope, verdict),
            source_data: describeData(scope),
            evaluation_timestamp: seconds,
            metric_config: describeMetric(verdict),
            score_details: describeScore(counts[verdict], counts),
            generation_config: {
              generation_args: {
                temperature: variant.inference.temperature,
                max_tokens: variant.inference.maxTokens,
              },
              additional_details: {
                variant: variant.name,
                method: variant.method,
                seed: String(seed),
                settings: JSON.stringify(variant),
              },
            },
          })),
    ...(samples === null
      ? {}
      : {
          detailed_evaluation_results: {
            format: "jsonl",
            file_path: samples.path,
            hash_algorithm: "sha256",
            checksum: samples.sha256,
            total_rows: samples.rows,
          },
        }),
  };
}

function describeMetric(verdict: (typeof VERDICTS)[number]): object {
  return {
    evaluation_description:
      verdict === "soft"
        ? "Share of samples whose tool calls are right; spelling in text arguments is forgiven."
        : "Share of samples whose tool calls are right, text arguments letter by letter.",
    metric_id: `whetstone.${verdict}_accuracy`,
    metric_name: `Accuracy (${verdict})`,
    metric_kind: "accuracy",
    metric_unit: "proportion",
    lower_is_better: false,
    score_type: "continuous",
    min_score: 0,
    max_score: 1,
  };
}

function describeScore(right: number, { units, answered }: EeeCounts): object {
  const score = right / answered;
  return {
    score,
    details: { units: String(units), failed_units: String(units - answered) },
    uncertainty: {
      standard_error: {
        value: Math.sqrt((score * (1 - score)) / answered),
        method: "analytic",
      },
      num_samples: answered,
    },
  };
}

function describeData({ dataset }: EeeScope): object {
  const hub = isHubPath(dataset.path ?? "") ? readHubPath(dataset.path ?? "") : null;
  return hub === null
    ? { dataset_name: dataset.name, source_type: "other" }
    : { dataset_name: dataset.name, source_type: "hf_dataset", hf_repo: hub.repository };
}

function toSeconds(time: string): string {
  return String(Date.parse(time) / 1_000);
}
