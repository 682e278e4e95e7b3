import { warnOfTiny } from "../../domain/config/warn-of-tiny.js";
import { isControl, isSelective } from "../../domain/methods/methods.js";
import { holm } from "../../domain/statistics/statistics.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { SweepStatus } from "../../domain/units/sweep-status.js";
import type { Store, SweepRecord, ThresholdRecord } from "../../store/store.js";
import type { Accuracy } from "../statistics/accuracy.js";
import { measureAccuracy, share } from "../statistics/accuracy.js";
import type { AnswerModes } from "../statistics/answer-modes.js";
import { measureAnswerModes } from "../statistics/answer-modes.js";
import type { Flips } from "../statistics/flips.js";
import { pairWithBase } from "../statistics/flips.js";
import type { HammerScores } from "../statistics/hammer-scores.js";
import { sumHammer } from "../statistics/hammer-scores.js";
import { openTexts, readBySample } from "./report-texts.js";
import type { ReportSample, ReportUnit } from "./report-unit.js";
import type { TextFacts } from "./text-facts.js";
import { readTextFacts } from "./text-facts.js";
import { UnitReducer } from "./unit-reducer.js";
import type { StepSeconds } from "../statistics/step-seconds.js";
import { summariseSteps } from "../statistics/step-seconds.js";
import type { TeacherCost } from "../statistics/teacher-cost.js";
import { measureTeacher } from "../statistics/teacher-cost.js";
import { findBase, listControls, sortForReading } from "./variant-roles.js";
import type { VariantStatistics } from "../statistics/variant-statistics.js";
import { computeStatistics } from "../statistics/variant-statistics.js";

export type { Accuracy } from "../statistics/accuracy.js";

/** A sweep's figures, without calibration units. */
export interface SweepSummary {
  readonly sweep: string;
  readonly status: SweepStatus;
  readonly configHash: string;
  /** What a reader must know before the figures, one line each; usually none. */
  readonly warnings: readonly string[];
  readonly model: string;
  readonly seeds: readonly number[];
  /** Counts of reported units: planned, answered (scored or unparsable), failed. */
  readonly planned: number;
  /** Calibration units planned; they choose `tau: auto` and are not reported. */
  readonly calibration: number;
  readonly answered: number;
  readonly failed: number;
  readonly datasets: readonly DatasetSummary[];
  /** Thresholds chosen for `tau: auto`. */
  readonly thresholds: readonly ThresholdRecord[];
}

/** One dataset's figures, variants in reading order: base, others, controls. */
export interface DatasetSummary {
  readonly dataset: string;
  readonly variants: readonly VariantSummary[];
}

/** One variant's figures on one dataset. Shares are 0 to 1; null means not available. */
export interface VariantSummary {
  readonly variant: string;
  readonly method: VariantSpec["method"];
  /** Whether this is a control, which shows how much of a gain needs no training. */
  readonly control: boolean;
  /** Null for methods without a threshold. */
  readonly tau: VariantSpec["tau"] | null;
  /** Thresholds used: one, or for `tau: auto` one per seed so far. */
  readonly taus: readonly number[];
  /** Answers over all seeds, right or wrong; failed units do not count. */
  readonly n: number;
  /** Units planned, if some have no row yet: every figure is provisional; null once all have ended. */
  readonly provisionalOf: number | null;
  readonly soft: Accuracy;
  readonly strict: Accuracy;
  /** Null for the base variant itself, or if there is none. */
  readonly flips: Flips | null;
  readonly adaptedShare: number | null;
  readonly uncertainShare: number | null;
  readonly failed: number;
  readonly unparsable: number;
  /** Answers that adaptation made unparsable; null without a base to compare with. */
  readonly broken: number | null;
  /** Units that exhausted their synthesis attempts and were answered by base. */
  readonly exhausted: number;
  /** Answers to samples with only one candidate, which count as certain. */
  readonly singleCandidate: number;
  readonly steps: readonly StepSeconds[];
  readonly statistics: VariantStatistics;
  /** Null if each unit has one answer. */
  readonly modes: AnswerModes | null;
  readonly hammer: HammerScores | null;
  /** Includes requests of failed units; null if no teacher was asked. */
  readonly teacher: TeacherCost | null;
}

/** A sweep's record and the data its figures are computed from. */
export interface LoadedSweep {
  readonly record: SweepRecord;
  /** Reported units, in unit key order. */
  readonly units: readonly ReportUnit[];
  readonly factsOf: (unit: ReportUnit) => TextFacts;
  readonly thresholds: readonly ThresholdRecord[];
  /** Number of reported units planned. */
  readonly planned: number;
  /** Number of calibration units planned, which are not reported; absent: none. */
  readonly calibration?: number;
  /** Per data set, the units that each variant reports; absent: as many as there are units. */
  readonly plannedEach?: ReadonlyMap<string, number>;
}

/** Reads a sweep; texts are in memory for a few units at a time. Throws `SWEEP_NOT_FOUND`. */
export async function loadSweep(
  store: Store,
  name: string,
): Promise<LoadedSweep & { readonly samples: ReadonlyMap<string, ReportSample> }> {
  const record = await getSweep(store, name);
  const { config } = record;
  const facts = new Map<string, TextFacts>();
  const asked = new Map(config.variants.map((each) => [each.name, each.inference.answers]));
  const keys = await store.listResultKeys(name, { role: "report" });
  const reducer = new UnitReducer(config, keys.length);
  for await (const { id, sample, rows } of readBySample(openTexts(store), keys)) {
    for (const { row, position } of rows) {
      reducer.add(id, row, position, sample);
      const answers = { asked: asked.get(row.variant) ?? 1, refusals: config.refusals };
      facts.set(keys[position]?.unitKey ?? "", readTextFacts(row, sample, answers));
    }
  }
  const reported = await store.countPlannedSamples(name);
  const seeds = config.seeds.length;
  return {
    record,
    // A list with gaps, if rows have gone meanwhile.
    units: Object.values(reducer.units),
    factsOf: ({ unitKey }) => facts.get(unitKey) ?? NO_FACTS,
    thresholds: await store.listThresholds(name),
    planned: await store.countUnits(name, "report"),
    calibration: await store.countUnits(name, "calibration"),
    plannedEach: new Map(
      config.datasets.map((dataset) => [dataset.name, (reported.get(dataset.name) ?? 0) * seeds]),
    ),
    samples: reducer.samples,
  };
}

const NO_FACTS: TextFacts = { hammer: null, answers: 0, combined: null };

/** Reads a sweep's record. Throws `SWEEP_NOT_FOUND`. */
export async function getSweep(store: Store, name: string): Promise<SweepRecord> {
  const record = await store.getSweep(name);
  if (record !== null) return record;
  throw new WhetstoneError(`There is no sweep ${name} in the results database.`, {
    code: "SWEEP_NOT_FOUND",
    hint: "`npx whetstone status` lists the sweeps there are.",
  });
}

/** Computes a sweep's figures from its rows. Throws `SWEEP_NOT_FOUND`. */
export async function summariseSweep(store: Store, name: string): Promise<SweepSummary> {
  return summariseUnits(await loadSweep(store, name));
}

/** A loaded sweep's figures. */
export function summariseUnits(loaded: LoadedSweep): SweepSummary {
  const { record, units, thresholds } = loaded;
  const { config } = record;
  const failed = units.filter((unit) => unit.outcome === "failed").length;
  return {
    sweep: record.name,
    status: record.status,
    configHash: record.configHash,
    warnings: warnOfTiny(record.config),
    model: config.model,
    seeds: config.seeds,
    planned: loaded.planned,
    calibration: loaded.calibration ?? 0,
    answered: units.length - failed,
    failed,
    datasets: adjustOverBenchmarks(
      config.datasets.map((dataset) => {
        const own = groupByVariant(units.filter((unit) => unit.dataset === dataset.name));
        return {
          dataset: dataset.name,
          variants: sortForReading(config.variants).map((variant) =>
            summariseVariant(loaded, variant, own, loaded.plannedEach?.get(dataset.name)),
          ),
        };
      }),
    ),
    thresholds,
  };
}

type RowsByVariant = ReadonlyMap<string, readonly ReportUnit[]>;

function groupByVariant(rows: readonly ReportUnit[]): RowsByVariant {
  const groups = new Map<string, ReportUnit[]>();
  for (const row of rows) {
    const own = groups.get(row.variant);
    if (own === undefined) groups.set(row.variant, [row]);
    else own.push(row);
  }
  return groups;
}

/** A summary before Holm's adjustment. */
interface Draft {
  readonly summary: VariantSummary;
  readonly headline: number | null;
}

/** Applies Holm's adjustment to each variant's p-values over the sweep's benchmarks. */
function adjustOverBenchmarks(
  datasets: readonly { readonly dataset: string; readonly variants: readonly Draft[] }[],
): DatasetSummary[] {
  return datasets.map(({ dataset, variants }) => ({
    dataset,
    variants: variants.map(({ summary, headline }, position) => {
      if (headline === null) return summary;
      const family = datasets.flatMap((other) => {
        const p = other.variants[position]?.headline ?? null;
        return p === null ? [] : [{ dataset: other.dataset, p }];
      });
      const adjusted = holm(family.map(({ p }) => p));
      const own = adjusted[family.findIndex((entry) => entry.dataset === dataset)] ?? null;
      return { ...summary, statistics: { ...summary.statistics, holm: own } };
    }),
  }));
}

function summariseVariant(
  { record, thresholds, factsOf }: LoadedSweep,
  variant: VariantSpec,
  rows: RowsByVariant,
  planned: number | undefined,
): Draft {
  const all = record.config.variants;
  const own = rows.get(variant.name) ?? [];
  const answers = own.filter((row) => row.outcome !== "failed");
  const judged = answers.filter((row) => row.uncertain !== null);
  const base = findBase(all, variant);
  const baseRows = base === null ? null : (rows.get(base) ?? []);
  const adapts = isSelective(variant.method);
  const { headline, ...statistics } = computeStatistics({
    rows: own,
    base: baseRows,
    controls: listControls(all, variant).map((name) => ({ name, rows: rows.get(name) ?? [] })),
  });
  const summary = {
    variant: variant.name,
    method: variant.method,
    control: isControl(variant.method),
    tau: adapts ? variant.tau : null,
    taus: adapts ? listTaus(variant, thresholds) : [],
    n: answers.length,
    provisionalOf: (planned ?? 0) > own.length ? (planned ?? null) : null,
    soft: measureAccuracy(answers, (row) => row.correct === true),
    strict: measureAccuracy(answers, (row) => row.correctStrict === true),
    flips: base === null || baseRows === null ? null : pairWithBase(base, baseRows, own),
    adaptedShare: adapts ? share(answers, (row) => row.adapted) : null,
    uncertainShare: adapts ? share(judged, (row) => row.uncertain === true) : null,
    failed: own.length - answers.length,
    unparsable: statistics.denominators.unparsable,
    broken: statistics.denominators.broken,
    exhausted: statistics.denominators.exhausted,
    singleCandidate: statistics.denominators.singleCandidate,
    steps: summariseSteps(answers),
    statistics: { ...statistics, holm: null },
    modes: measureAnswerModes(answers, factsOf),
    hammer: sumHammer(answers.map((unit) => factsOf(unit).hammer)),
    teacher: measureTeacher(own),
  };
  return { summary, headline };
}

function listTaus(variant: VariantSpec, thresholds: readonly ThresholdRecord[]): number[] {
  if (variant.tau !== "auto") return [variant.tau];
  return thresholds.filter((each) => each.variant === variant.name).map((each) => each.tau);
}
