import { describeWriter } from "../export-source.js";
import type { LogTotals } from "./log-totals.js";
import { type LogScope, makeId, nameModel } from "./log-scope.js";

/** File name of a log: time, task and id, as Inspect names its own. */
export function nameLog(scope: LogScope): string {
  const time = scope.record.createdAt.replace(/\.\d+Z$/, "+00-00").replaceAll(":", "-");
  return `${time}_${nameTask(scope)}_${taskId(scope)}.eval`;
}

/** What was evaluated: the `eval` and `plan` parts of a log. */
export function describeEval(scope: LogScope, totals: LogTotals): object {
  const { record, variant, seed, dataset } = scope;
  return {
    eval: {
      eval_id: makeId("eval", taskId(scope)),
      run_id: makeId("run", record.name, record.createdAt),
      created: record.createdAt,
      task: nameTask(scope),
      task_id: taskId(scope),
      task_version: 0,
      task_args: { variant: variant.name, seed, dataset },
      solver: variant.method,
      solver_args: variant,
      tags: [record.name, variant.name],
      dataset: {
        name: dataset,
        samples: totals.ids.length,
        sample_ids: totals.ids,
        shuffled: false,
      },
      model: nameModel(scope),
      config: {},
      packages: { whetstone: describeWriter().replace("whetstone ", "") },
      scorers: ["soft", "strict"].map((name) => ({ name, metrics: [{ name: "accuracy" }] })),
      headline_metric: { scorer: "soft", metric: "accuracy" },
      metadata: {
        sweep: record.name,
        variant: variant.name,
        method: variant.method,
        seed,
        dataset,
        config_hash: record.configHash,
        hash_version: record.hashVersion,
        config_text: record.configText,
        config: record.config,
        provenance: record.provenance,
        exported_by: describeWriter(),
      },
    },
    plan: {
      name: "plan",
      steps: [{ solver: variant.method, params: variant, params_passed: variant }],
      config: {},
    },
  };
}

/** A whole log without its samples. */
export function describeLog(scope: LogScope, totals: LogTotals): object {
  return {
    version: 2,
    status: STATUS[scope.record.status],
    ...describeEval(scope, totals),
    results: {
      total_samples: totals.ids.length,
      completed_samples: totals.completed,
      scores: [
        describeScore("soft", totals.soft, totals),
        describeScore("strict", totals.strict, totals),
      ],
    },
    stats: {
      started_at: totals.startedAt,
      completed_at: totals.completedAt,
      model_usage: totals.usage,
    },
  };
}

/** Inspect's word for how far the sweep is. */
const STATUS = {
  planned: "started",
  running: "started",
  finished: "success",
  stopped: "cancelled",
  cancelled: "cancelled",
} as const satisfies Record<LogScope["record"]["status"], string>;

function describeScore(name: string, right: number, { ids, completed }: LogTotals): object {
  const accuracy = completed === 0 ? 0 : right / completed;
  const error = completed < 2 ? 0 : Math.sqrt((accuracy * (1 - accuracy)) / (completed - 1));
  return {
    name,
    scorer: name,
    scored_samples: completed,
    unscored_samples: ids.length - completed,
    metrics: {
      accuracy: { name: "accuracy", value: accuracy },
      stderr: { name: "stderr", value: error },
    },
  };
}

function nameTask({ record, variant, seed, dataset }: LogScope): string {
  const parts = [record.name, variant.name, `seed-${seed}`];
  return [...parts, ...(record.config.datasets.length > 1 ? [dataset] : [])].join("-");
}

function taskId({ record, variant, seed, dataset }: LogScope): string {
  return makeId("task", record.name, record.createdAt, variant.name, seed, dataset);
}
