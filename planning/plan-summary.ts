import { DEFAULT_FORMAT } from "../domain/formats/answer-formats.js";
import type { UnitRole } from "../domain/units/unit.js";
import type { Store } from "../store/store.js";
import type { CallEstimate } from "./estimate-calls.js";
import { estimateCalls } from "./estimate-calls.js";
import type { SecondsEstimate } from "./estimate-seconds.js";
import { estimateSeconds } from "./estimate-seconds.js";
import type { PreparedSweep } from "./prepare-sweep.js";

/** Summary of a plan for display. */
export interface PlanSummary {
  readonly sweep: string;
  readonly configHash: string;
  /**
   * "new": not stored; "same": stored with this config; "grown": stored, and this config adds to
   * it.
   */
  readonly state: "new" | "same" | "grown";
  /** Additions, one line each, if `state` is "grown". */
  readonly added: readonly string[];
  readonly model: { readonly directory: string; readonly fingerprint: string };
  /** How the model is asked and answers, whether the config says it or the model's default. */
  readonly prompt: string;
  readonly format: string;
  readonly datasets: readonly {
    readonly name: string;
    readonly records: number;
    readonly reported: number;
    readonly calibration: number;
  }[];
  readonly seeds: readonly number[];
  /** In plan order; calibration units first. */
  readonly variants: readonly VariantCount[];
  readonly total: number;
  /** Units with an answer. */
  readonly done: number;
  /** Units whose last run failed; a new run retries them. */
  readonly failed: number;
  /** Units that a run would start: those without an answer. */
  readonly pending: number;
  /** For the pending units. */
  readonly calls: readonly CallEstimate[];
  /** For the pending units; null if no comparable sweep ran before. */
  readonly estimate: SecondsEstimate | null;
  readonly warnings: readonly string[];
}

/** Units of one variant over all seeds and datasets. */
export interface VariantCount {
  readonly variant: string;
  readonly role: UnitRole;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/** Compares a prepared sweep with the store; `store` is null if no database exists. */
export async function summarisePlan(
  store: Store | null,
  prepared: PreparedSweep,
  state: Pick<PlanSummary, "state" | "added">,
): Promise<PlanSummary> {
  const { units, config } = prepared;
  const keys = units.map((unit) => unit.key);
  const failures = store === null ? [] : await store.listResultKeys(config.sweep, { failed: true });
  const failed = new Set(failures.map(({ unitKey }) => unitKey));
  const finished = new Set(store === null ? [] : await store.findFinished(keys));
  const isDone = (key: string) => finished.has(key) && !failed.has(key);
  const pending = units.filter((unit) => !isDone(unit.key));
  const names = [...new Set(units.map((unit) => unit.variant))];
  return {
    sweep: config.sweep,
    configHash: prepared.configHash,
    ...state,
    model: prepared.model,
    prompt: config.prompt,
    format: config.format ?? DEFAULT_FORMAT,
    datasets: prepared.datasets.map((dataset) => ({
      name: dataset.spec.name,
      records: dataset.records,
      reported: dataset.reported.length,
      calibration: dataset.calibration.length,
    })),
    seeds: config.seeds,
    variants: names.map((variant) => {
      const own = units.filter((unit) => unit.variant === variant);
      return {
        variant,
        role: own[0]?.role ?? "report",
        total: own.length,
        done: own.filter((unit) => isDone(unit.key)).length,
        failed: own.filter((unit) => failed.has(unit.key)).length,
      };
    }),
    total: units.length,
    done: units.length - pending.length,
    failed: units.filter((unit) => failed.has(unit.key)).length,
    pending: pending.length,
    calls: estimateCalls(config, pending),
    estimate:
      store === null
        ? null
        : await estimateSeconds(store, prepared.model.fingerprint, pending.length),
    warnings: prepared.warnings,
  };
}
