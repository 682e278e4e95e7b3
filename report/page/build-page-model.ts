import { isCheat, isControl } from "../../domain/methods/methods.js";
import type { ReportData, ReportSweep } from "../model/report-data.js";
import { sortForReading } from "../model/variant-roles.js";
import type { ReportUnit } from "../model/report-unit.js";
import { sampleId } from "../model/sample-id.js";
import { describeVerdict } from "../text/describe-verdict.js";
import { packSamples } from "./pack-samples.js";
import type { PageModel, PageVariant } from "./page-model.js";
import { OUTCOMES } from "./page-model.js";

/**
 * Turns a report into the data that the page's explorer loads: a columnar index of all units, and chunks of samples
 * with their traces. Each sample is stored once, however many units it has; its texts are in memory while its chunk is
 * packed.
 */
export async function buildPageModel(data: ReportData, temporalLink: string): Promise<PageModel> {
  const variants = new Registry<PageVariant>();
  const verdicts = new Registry<string>();
  const units = data.sweeps.flatMap((sweep) => {
    const bases = listVariants(sweep, variants);
    const right = new Map(sweep.units.map((row) => [row.unitKey, row.correct]));
    return sweep.units.map((row) => {
      const base = bases.get(`${row.dataset}/${row.variant}`);
      const variant = variants.find(`${sweep.record.name}/${row.variant}`);
      return { row, variant, flip: compareWithBase(row, base, right) };
    });
  });
  const all = units.map(({ row }) => row);
  const { samples, chunks } = await packSamples(data.sweeps);
  const places = new Map(samples.map(({ dataset, key }, place) => [`${dataset}/${key}`, place]));
  return {
    index: {
      variants: variants.items,
      samples,
      units: {
        variant: units.map((each) => each.variant),
        sample: all.map((row) => places.get(sampleId(row)) ?? 0),
        seed: all.map((row) => row.seed),
        outcome: all.map((row) => OUTCOMES.indexOf(outcomeOf(row))),
        flip: units.map((each) => each.flip),
        uncertain: all.map((row) => (row.uncertain === null ? -1 : Number(row.uncertain))),
        margin: all.map((row) => (row.margin === null ? null : round(row.margin, 4))),
        adapted: all.map((row) => Number(row.adapted)),
        seconds: all.map((row) => round(computeSeconds(row), 3)),
        attempts: all.map((row) => row.synthesisAttempts),
        verdict: all.map((row) => verdicts.add(describeVerdict(row), describeVerdict(row))),
      },
      verdicts: verdicts.items,
      temporalLink,
    },
    chunks,
  };
}

/** Assigns positions to items; equal items share one. */
class Registry<Item> {
  readonly items: Item[] = [];
  readonly #positions = new Map<string, number>();

  add(key: string, item: Item): number {
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    this.#positions.set(key, this.items.length);
    return this.items.push(item) - 1;
  }

  find(key: string): number {
    return this.#positions.get(key) ?? -1;
  }
}

/** Registers a sweep's variants; returns the base variant's name by dataset and variant. */
function listVariants(sweep: ReportSweep, variants: Registry<PageVariant>): Map<string, string> {
  const { name, config } = sweep.record;
  const bases = new Map<string, string>();
  for (const { dataset, variants: summaries } of sweep.summary.datasets) {
    for (const { variant, flips } of summaries) {
      if (flips !== null) bases.set(`${dataset}/${variant}`, flips.against);
    }
  }
  const baseOf = new Map([...bases].map(([key, base]) => [key.slice(key.indexOf("/") + 1), base]));
  // In reading order, base variants come first, so that the others can refer to their positions.
  const ordered = sortForReading(config.variants);
  for (const { name: variant, method } of ordered) {
    variants.add(`${name}/${variant}`, {
      sweep: name,
      name: variant,
      method,
      mark: isCheat(method) ? "cheat" : isControl(method) ? "control" : "",
      base: variants.find(`${name}/${baseOf.get(variant) ?? ""}`),
    });
  }
  return bases;
}

function compareWithBase(
  row: ReportUnit,
  base: string | undefined,
  right: ReadonlyMap<string, boolean | null>,
): number {
  if (base === undefined || row.correct === null) return 0;
  const before = right.get([row.sweep, base, row.seed, row.dataset, row.sampleKey].join("/"));
  return before === undefined || before === null ? 0 : Number(row.correct) - Number(before);
}

function outcomeOf(row: ReportUnit): (typeof OUTCOMES)[number] {
  if (row.outcome !== "scored") return row.outcome;
  return row.correct === true ? "right" : "wrong";
}

function computeSeconds(row: ReportUnit): number {
  return row.trace.timings.reduce(
    (sum, timing) => sum + (timing.reusedFrom === undefined ? timing.computeMs / 1000 : 0),
    0,
  );
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
