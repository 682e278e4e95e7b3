import { canonicalJson } from "../domain/canonical-json.js";
import { mean, sampleStandardDeviation } from "../domain/statistics.js";
import { WhetstoneError } from "../domain/errors.js";
import type { VariantSpec } from "../domain/variant.js";
import type { ResultRow, Store, SweepStatus, ThresholdRecord } from "../store/store.js";
import type { Flips } from "./flips.js";
import { pairWithBase } from "./flips.js";
import type { StepSeconds } from "./step-seconds.js";
import { summariseSteps } from "./step-seconds.js";

/** A sweep's figures; calibration units are never in them. */
export interface SweepSummary {
  readonly sweep: string;
  readonly status: SweepStatus;
  readonly configHash: string;
  readonly model: string;
  readonly seeds: readonly number[];
  /** Reported units: planned, answered (scored or unparsable), failed. */
  readonly planned: number;
  readonly answered: number;
  readonly failed: number;
  readonly datasets: readonly DatasetSummary[];
  /** Thresholds chosen for `tau: auto`. */
  readonly thresholds: readonly ThresholdRecord[];
}

/** One data set's figures, variants in reading order: base, the others, controls. */
export interface DatasetSummary {
  readonly dataset: string;
  readonly variants: readonly VariantSummary[];
}

/** One variant's figures on one data set. Shares are 0 to 1; null: nothing to say. */
export interface VariantSummary {
  readonly variant: string;
  readonly method: VariantSpec["method"];
  /** A control: it shows how much of a gain needs no training. */
  readonly control: boolean;
  /** Null for methods without a threshold. */
  readonly tau: VariantSpec["tau"] | null;
  /** Thresholds in use: one, or for `tau: auto` one per seed so far. */
  readonly taus: readonly number[];
  /** Answers, right or wrong, over all seeds; failed units are none. */
  readonly n: number;
  readonly soft: Accuracy;
  readonly strict: Accuracy;
  /** Null for the base variant itself, or where there is none. */
  readonly flips: Flips | null;
  readonly adaptedShare: number | null;
  readonly uncertainShare: number | null;
  readonly failed: number;
  readonly unparsable: number;
  /** Units whose synthesis used up its attempts and which base answered. */
  readonly exhausted: number;
  /** Answers to samples with one candidate only, which count as certain. */
  readonly singleCandidate: number;
  readonly steps: readonly StepSeconds[];
}

/** Share of right answers. */
export interface Accuracy {
  /** Mean over seeds of each seed's share; null without answers. */
  readonly mean: number | null;
  /** Sample standard deviation over seeds; null for one seed. */
  readonly deviation: number | null;
}

/** Computes a sweep's figures from its rows. Throws `SWEEP_NOT_FOUND`. */
export async function summariseSweep(store: Store, name: string): Promise<SweepSummary> {
  const sweep = await store.getSweep(name);
  if (sweep === null) {
    throw new WhetstoneError(`There is no sweep ${name} in the results database.`, {
      code: "SWEEP_NOT_FOUND",
      hint: "`whetstone status` lists the sweeps there are.",
    });
  }
  const rows = await store.listResults(name, { role: "report" });
  const thresholds = await store.listThresholds(name);
  const { config } = sweep;
  const failed = rows.filter((row) => row.outcome === "failed").length;
  return {
    sweep: name,
    status: sweep.status,
    configHash: sweep.configHash,
    model: config.model,
    seeds: config.seeds,
    planned: await store.countUnits(name, "report"),
    answered: rows.length - failed,
    failed,
    datasets: config.datasets.map((dataset) => {
      const own = rows.filter((row) => row.dataset === dataset.name);
      return {
        dataset: dataset.name,
        variants: sortForReading(config.variants).map((variant) =>
          summariseVariant(config.variants, variant, own, thresholds),
        ),
      };
    }),
    thresholds,
  };
}

function sortForReading(variants: readonly VariantSpec[]): VariantSpec[] {
  const rank = { base: 0, "tt-si": 1, "argmax-name": 2 } satisfies Record<
    VariantSpec["method"],
    number
  >;
  return [...variants].sort((a, b) => rank[a.method] - rank[b.method]);
}

function summariseVariant(
  all: readonly VariantSpec[],
  variant: VariantSpec,
  rows: readonly ResultRow[],
  thresholds: readonly ThresholdRecord[],
): VariantSummary {
  const own = rows.filter((row) => row.variant === variant.name);
  const answers = own.filter((row) => row.outcome !== "failed");
  const judged = answers.filter((row) => row.uncertain !== null);
  const base = findBase(all, variant);
  const adapts = variant.method === "tt-si";
  return {
    variant: variant.name,
    method: variant.method,
    control: variant.method === "argmax-name",
    tau: adapts ? variant.tau : null,
    taus: adapts ? listTaus(variant, thresholds) : [],
    n: answers.length,
    soft: measureAccuracy(answers, (row) => row.correct === true),
    strict: measureAccuracy(answers, (row) => row.correctStrict === true),
    flips:
      base === null
        ? null
        : pairWithBase(
            base,
            rows.filter((row) => row.variant === base),
            own,
          ),
    adaptedShare: adapts ? share(answers, (row) => row.adapted) : null,
    uncertainShare: adapts ? share(judged, (row) => row.uncertain === true) : null,
    failed: own.length - answers.length,
    unparsable: answers.filter((row) => row.outcome === "unparsable").length,
    exhausted: answers.filter((row) => row.synthesisStatus === "exhausted").length,
    singleCandidate: answers.filter((row) => row.candidateCount === 1).length,
    steps: summariseSteps(answers),
  };
}

/** The base variant to compare with: one that answers in the same way, else the first. */
function findBase(all: readonly VariantSpec[], variant: VariantSpec): string | null {
  if (variant.method === "base") return null;
  const bases = all.filter((other) => other.method === "base");
  const inference = canonicalJson(variant.inference);
  const same = bases.find((other) => canonicalJson(other.inference) === inference);
  return (same ?? bases[0])?.name ?? null;
}

function listTaus(variant: VariantSpec, thresholds: readonly ThresholdRecord[]): number[] {
  if (variant.tau !== "auto") return [variant.tau];
  return thresholds.filter((each) => each.variant === variant.name).map((each) => each.tau);
}

function measureAccuracy(
  answers: readonly ResultRow[],
  isRight: (row: ResultRow) => boolean,
): Accuracy {
  const seeds = [...new Set(answers.map((row) => row.seed))];
  const shares = seeds
    .map((seed) =>
      share(
        answers.filter((row) => row.seed === seed),
        isRight,
      ),
    )
    .filter((value) => value !== null);
  return {
    mean: shares.length === 0 ? null : mean(shares),
    deviation: sampleStandardDeviation(shares),
  };
}

function share(rows: readonly ResultRow[], holds: (row: ResultRow) => boolean): number | null {
  return rows.length === 0 ? null : rows.filter(holds).length / rows.length;
}
