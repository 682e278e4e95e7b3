import type { GoldSample } from "../../domain/samples/sample.js";
import { isCheat, isControl } from "../../domain/methods/methods.js";
import type { ResultRow } from "../../store/store.js";
import type { ReportData, ReportSweep } from "../model/report-data.js";
import { sortForReading } from "../model/variant-roles.js";
import type { PageModel, PageSample, PageVariant, SampleDetail, UnitDetail } from "./page-model.js";
import { OUTCOMES } from "./page-model.js";
import { describeVerdict } from "../text/describe-verdict.js";
import { splitIntoChunks } from "./split-into-chunks.js";
import { cutText } from "../../domain/text/cut-text.js";

/** Characters of a query that the list shows and searches. */
const QUERY_LENGTH = 600;

/**
 * Turns a report into the data that the page's explorer loads: a columnar index of all units, and
 * chunks of samples with their traces. Each sample is stored once, however many units it has.
 */
export function buildPageModel(data: ReportData, temporalLink: string): PageModel {
  const variants = new Registry<PageVariant>();
  const verdicts = new Registry<string>();
  const details = new Map<string, { gold: GoldSample | undefined; units: UnitDetail[] }>();
  const rows: { row: ResultRow; variant: number; flip: number }[] = [];
  for (const sweep of data.sweeps) {
    const bases = listVariants(sweep, variants);
    const right = new Map(sweep.units.map((row) => [row.unitKey, row.correct]));
    for (const row of sweep.units) {
      const base = bases.get(`${row.dataset}/${row.variant}`);
      const variant = variants.find(`${sweep.record.name}/${row.variant}`);
      const key = sampleId(row);
      const entry = details.get(key) ?? { gold: sweep.samples.get(key), units: [] };
      details.set(key, entry);
      entry.units.push(pickDetail(row, rows.length));
      rows.push({ row, variant, flip: compareWithBase(row, base, right) });
    }
  }
  const keys = [...details.keys()].sort(compareSamples);
  const samplePlace = new Map(keys.map((key, place) => [key, place]));
  const chunks = splitIntoChunks(
    keys.map((key): SampleDetail => {
      const entry = details.get(key);
      return {
        sample: entry?.gold?.sample ?? null,
        gold: entry?.gold?.gold ?? null,
        units: entry?.units ?? [],
      };
    }),
  );
  const places = chunks.flatMap((chunk, number) => chunk.map((_, place) => ({ number, place })));
  const samples = keys.map((key, position): PageSample => {
    const slash = key.indexOf("/");
    return {
      dataset: key.slice(0, slash),
      key: key.slice(slash + 1),
      query: findQuery(details.get(key)?.gold),
      chunk: places[position]?.number ?? 0,
      place: places[position]?.place ?? 0,
    };
  });
  const all = rows.map(({ row }) => row);
  return {
    index: {
      variants: variants.items,
      samples,
      units: {
        variant: rows.map((each) => each.variant),
        sample: all.map((row) => samplePlace.get(sampleId(row)) ?? 0),
        seed: all.map((row) => row.seed),
        outcome: all.map((row) => OUTCOMES.indexOf(outcomeOf(row))),
        flip: rows.map((each) => each.flip),
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
  row: ResultRow,
  base: string | undefined,
  right: ReadonlyMap<string, boolean | null>,
): number {
  if (base === undefined || row.correct === null) return 0;
  const before = right.get([row.sweep, base, row.seed, row.dataset, row.sampleKey].join("/"));
  return before === undefined || before === null ? 0 : Number(row.correct) - Number(before);
}

function pickDetail(row: ResultRow, unit: number): UnitDetail {
  const { correctStrict, calls, errorCode, errorMessage, attempt, startedAt, finishedAt } = row;
  const { runId, toolVersion, engineVersion, trace } = row;
  return {
    ...{ unit, correctStrict, calls, errorCode, errorMessage, attempt, startedAt, finishedAt },
    ...{ runId, toolVersion, engineVersion, trace },
  };
}

function outcomeOf(row: ResultRow): (typeof OUTCOMES)[number] {
  if (row.outcome !== "scored") return row.outcome;
  return row.correct === true ? "right" : "wrong";
}

function computeSeconds(row: ResultRow): number {
  return row.trace.timings.reduce(
    (sum, timing) => sum + (timing.reusedFrom === undefined ? timing.computeMs / 1000 : 0),
    0,
  );
}

function findQuery(entry: GoldSample | undefined): string {
  const asked = entry?.sample.messages.filter((message) => message.role === "user").at(-1);
  return cutText((asked?.content ?? "").replace(/\s+/g, " "), QUERY_LENGTH);
}

function sampleId(row: ResultRow): string {
  return `${row.dataset}/${row.sampleKey}`;
}

/** Orders by dataset, then by row number. */
function compareSamples(left: string, right: string): number {
  const [leftSet = "", leftKey = ""] = left.split("/");
  const [rightSet = "", rightKey = ""] = right.split("/");
  if (leftSet !== rightSet) return leftSet < rightSet ? -1 : 1;
  const byRow = Number.parseInt(leftKey, 10) - Number.parseInt(rightKey, 10);
  return byRow !== 0 ? byRow : leftKey < rightKey ? -1 : 1;
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
