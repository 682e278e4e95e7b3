import { canonicalJson } from "../../domain/json/canonical.js";
import type { ResultRow } from "../../store/store.js";
import { share } from "../statistics/accuracy.js";
import type { HammerScores } from "../statistics/hammer-scores.js";
import { scoreHammer } from "../statistics/hammer-scores.js";
import { sampleId } from "../model/sample-id.js";
import type { WholeSweep } from "../model/whole-sweep.js";
import { labelVariant, sortForReading } from "../model/variant-roles.js";
import type { Judgement, Scorer } from "./scorers.js";
import { judgeAgain } from "./scorers.js";

/** A sweep's stored answers, judged by one scorer. */
export interface Rescoring {
  readonly sweep: string;
  readonly scorer: Scorer;
  readonly variants: readonly VariantRescoring[];
  /** Units whose verdict changed, in key order. */
  readonly changed: readonly ChangedUnit[];
  /** Answered units that cannot be judged because their sample or its gold is no longer stored. */
  readonly skipped: number;
}

/** One variant on one dataset. */
export interface VariantRescoring {
  readonly dataset: string;
  readonly variant: string;
  readonly label: string;
  readonly n: number;
  /** Share of right answers, stored and new. */
  readonly stored: number | null;
  readonly now: number | null;
  readonly gained: number;
  readonly lost: number;
  readonly hammer: HammerScores | null;
}

/** A unit with its stored and its new verdict; `row` carries the new one. */
export interface ChangedUnit {
  readonly stored: ResultRow;
  readonly row: ResultRow;
}

/** Judges every stored answer again; writes nothing. */
export function rescoreSweep(sweep: WholeSweep, scorer: Scorer): Rescoring {
  const judged = sweep.units.flatMap((stored): ChangedUnit[] => {
    const known = sweep.samples.get(sampleId(stored));
    const text = stored.trace.answer?.texts[0];
    if (stored.outcome === "failed" || known === undefined || text === undefined) return [];
    return [
      {
        stored,
        row: { ...stored, ...judgeAgain(text, known, scorer, sweep.record.config.refusals) },
      },
    ];
  });
  const { config, name } = sweep.record;
  return {
    sweep: name,
    scorer,
    variants: config.datasets.flatMap(({ name: dataset }) =>
      sortForReading(config.variants).flatMap((variant) => {
        const own = judged.filter(
          ({ stored }) => stored.dataset === dataset && stored.variant === variant.name,
        );
        if (own.length === 0) return [];
        const label = labelVariant({ variant: variant.name, method: variant.method });
        return [{ dataset, variant: variant.name, label, ...summarise(sweep, own) }];
      }),
    ),
    changed: judged.filter(({ stored, row }) => !sameJudgement(stored, row)),
    skipped: sweep.units.filter((row) => row.outcome !== "failed").length - judged.length,
  };
}

function summarise(sweep: WholeSweep, units: readonly ChangedUnit[]) {
  const isRight = (row: ResultRow) => row.correct === true;
  const rows = units.map(({ row }) => row);
  return {
    n: units.length,
    stored: share(
      units.map(({ stored }) => stored),
      isRight,
    ),
    now: share(rows, isRight),
    gained: units.filter(({ stored, row }) => !isRight(stored) && isRight(row)).length,
    lost: units.filter(({ stored, row }) => isRight(stored) && !isRight(row)).length,
    hammer: scoreHammer(rows, sweep.samples),
  };
}

function sameJudgement(stored: ResultRow, row: ResultRow): boolean {
  const pick = ({ outcome, correct, correctStrict, calls, verdict, repaired }: Judgement) =>
    canonicalJson({ outcome, correct, correctStrict, calls, verdict, repaired });
  return pick(stored) === pick(row);
}
