import type { ResolvedConfig } from "../../domain/config/config.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import type { UnitTrace } from "../../domain/units/trace.js";
import type { ResultRow } from "../../store/store.js";
import type { ReportSample, ReportTrace, ReportUnit } from "./report-unit.js";
import { listPerplexityVariants } from "./variant-roles.js";

/** The unit of a data set that a figure shows. */
interface Shown {
  readonly position: number;
  readonly unitKey: string;
  readonly sampleId: string;
  readonly count: number;
}

/**
 * Keeps of each unit and sample what a report's figures need. The few texts that figures show are kept, too: of one
 * unit per data set.
 */
export class UnitReducer {
  /** By position; a gap where no unit was added. */
  readonly units: ReportUnit[];
  readonly samples = new Map<string, ReportSample>();
  readonly #config: ResolvedConfig;
  readonly #texts = new Map<string, string>();
  readonly #shown = new Map<string, Shown>();
  /** Per data set, the first variant in config order whose candidates are kept. */
  readonly #scored = new Map<string, number>();
  readonly #scores: ReadonlySet<string>;

  constructor(config: ResolvedConfig, count: number) {
    this.#config = config;
    // Units arrive sample by sample, far apart: a list that grew with them would be a slow one.
    this.units = new Array<ReportUnit>(count);
    this.#scores = new Set(listPerplexityVariants(config.variants).map(({ name }) => name));
  }

  /** Adds a sample, if the store has it, and one of its units. */
  add(id: string, row: ResultRow, position: number, sample: GoldSample | undefined): void {
    if (sample !== undefined && !this.samples.has(id)) {
      const { key, dataset, row: number } = sample.sample;
      this.samples.set(id, { sample: { key, dataset: this.#share(dataset), row: number } });
    }
    const isShown = this.#show(id, row, position, sample);
    this.units[position] = {
      unitKey: this.#share(row.unitKey),
      sweep: this.#share(row.sweep),
      variant: this.#share(row.variant),
      seed: row.seed,
      dataset: this.#share(row.dataset),
      sampleKey: this.#share(row.sampleKey),
      role: row.role,
      outcome: row.outcome,
      correct: row.correct,
      correctStrict: row.correctStrict,
      verdict: this.#share(row.verdict),
      repaired: row.repaired,
      margin: row.margin,
      uncertain: row.uncertain,
      adapted: row.adapted,
      synthesisStatus: row.synthesisStatus,
      synthesisAttempts: row.synthesisAttempts,
      candidateCount: row.candidateCount,
      errorCode: row.errorCode === null ? null : this.#share(row.errorCode),
      attempt: row.attempt,
      toolVersion: this.#share(row.toolVersion),
      engineVersion: this.#share(row.engineVersion),
      trace: this.#reduce(row, isShown),
    };
  }

  #reduce({ variant, dataset, trace }: ResultRow, isShown: boolean): ReportTrace {
    const { uncertainty, synthesis, training } = trace;
    const asked = synthesis?.attempts.some(({ usage }) => usage !== undefined) === true;
    return {
      timings: trace.timings.map((timing) => ({
        ...timing,
        step: this.#share(timing.step) as typeof timing.step,
        worker: this.#share(timing.worker),
        ...(timing.reusedFrom !== undefined && { reusedFrom: this.#share(timing.reusedFrom) }),
      })),
      ...(uncertainty && {
        uncertainty: {
          candidates: this.#keepsScores(variant, dataset)
            ? uncertainty.candidates.map((each) => ({ ...each, name: this.#share(each.name) }))
            : [],
        },
      }),
      ...(synthesis && {
        synthesis: {
          pairs: isShown ? synthesis.pairs : [],
          attempts: asked
            ? synthesis.attempts.map(({ k, usage }) => ({ k, ...(usage && { usage }) }))
            : [],
        },
      }),
      ...(training && { training: { losses: training.losses } }),
    };
  }

  /** PPL is derived from the first variant that was scored for RSS; candidates of later ones are not needed. */
  #keepsScores(variant: string, dataset: string): boolean {
    if (!this.#scores.has(variant)) return false;
    const place = this.#config.variants.findIndex(({ name }) => name === variant);
    const first = Math.min(place, this.#scored.get(dataset) ?? place);
    this.#scored.set(dataset, first);
    return place === first;
  }

  /** Whether it is, so far, the unit that a figure shows: the uncertain one with the most pairs of its own. */
  #show(id: string, row: ResultRow, position: number, sample: GoldSample | undefined): boolean {
    const count = countOwnPairs(row.trace);
    if (row.uncertain !== true || count === 0) return false;
    const best = this.#shown.get(row.dataset);
    const isBetter =
      best === undefined ||
      count > best.count ||
      (count === best.count && row.unitKey < best.unitKey);
    if (!isBetter) return false;
    if (best !== undefined) this.#forget(best);
    this.#shown.set(row.dataset, { position, unitKey: row.unitKey, sampleId: id, count });
    const known = this.samples.get(id);
    if (known !== undefined && sample !== undefined) {
      const { messages } = sample.sample;
      this.samples.set(id, { sample: { ...known.sample, messages } });
    }
    return true;
  }

  /** Drops the texts of a unit that is no longer shown. */
  #forget({ position, sampleId }: Shown): void {
    const unit = this.units[position];
    const attempts = unit?.trace.synthesis?.attempts ?? [];
    if (unit !== undefined) {
      this.units[position] = {
        ...unit,
        trace: { ...unit.trace, synthesis: { pairs: [], attempts } },
      };
    }
    const entry = this.samples.get(sampleId);
    if (entry === undefined) return;
    const { key, dataset, row } = entry.sample;
    this.samples.set(sampleId, { sample: { key, dataset, row } });
  }

  /** Equal texts of many rows share one string. */
  #share(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }
}

/** Pairs that were made for the unit's own sample. */
export function countOwnPairs(trace: Pick<ReportTrace | UnitTrace, "synthesis">): number {
  return trace.synthesis?.pairs.filter((pair) => pair.from === undefined).length ?? 0;
}
