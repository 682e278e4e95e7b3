import type { GoldSample } from "../../domain/samples/sample.js";
import type { ResultRow, Store } from "../../store/store.js";
import { sampleId } from "./sample-id.js";

/** Where a report reads texts of units and samples, a few at a time. */
export interface ReportTexts {
  /** The whole rows of these units, by unit key; units without a row are absent. */
  readRows(unitKeys: readonly string[]): Promise<ReadonlyMap<string, ResultRow>>;
  /** These samples of a data set with their gold, by sample key; samples missing from the store are absent. */
  readSamples(
    dataset: string,
    sampleKeys: readonly string[],
  ): Promise<ReadonlyMap<string, GoldSample>>;
}

/** A unit with its position in the list that it is from. */
export interface PlacedRow {
  readonly row: ResultRow;
  readonly position: number;
}

/** A sample with its units in the order of their list. */
export interface SampleUnits {
  readonly id: string;
  /** Absent if the store does not have it. */
  readonly sample: GoldSample | undefined;
  readonly rows: readonly PlacedRow[];
}

type Reference = Pick<ResultRow, "unitKey" | "dataset" | "sampleKey">;

/** Units that are in memory at once. */
const BATCH = 200;

/** The texts of a store. */
export function openTexts(store: Store): ReportTexts {
  return {
    readRows: async (unitKeys) => {
      const rows = new Map<string, ResultRow>();
      for await (const row of store.streamRows(unitKeys)) rows.set(row.unitKey, row);
      return rows;
    },
    readSamples: (dataset, sampleKeys) => store.getGoldSamples(dataset, sampleKeys),
  };
}

/** The texts of several sweeps, which may be in one store. */
export function joinTexts(parts: readonly ReportTexts[]): ReportTexts {
  const different = [...new Set(parts)];
  const [first] = different;
  if (first !== undefined && different.length === 1) return first;
  const join = async <Item>(read: (texts: ReportTexts) => Promise<ReadonlyMap<string, Item>>) => {
    const found = new Map<string, Item>();
    for (const texts of different) {
      for (const [key, item] of await read(texts)) if (!found.has(key)) found.set(key, item);
    }
    return found;
  };
  return {
    readRows: (unitKeys) => join((texts) => texts.readRows(unitKeys)),
    readSamples: (dataset, sampleKeys) => join((texts) => texts.readSamples(dataset, sampleKeys)),
  };
}

/** Reads samples with all their units, one after the other, by data set and row in its file. */
export async function* readBySample(
  texts: ReportTexts,
  units: readonly Reference[],
): AsyncGenerator<SampleUnits> {
  const positions = new Map<string, number[]>();
  units.forEach((unit, position) => {
    const id = sampleId(unit);
    const own = positions.get(id);
    if (own === undefined) positions.set(id, [position]);
    else own.push(position);
  });
  let batch: string[] = [];
  let size = 0;
  for (const id of [...positions.keys()].sort(compareSamples)) {
    batch.push(id);
    size += positions.get(id)?.length ?? 0;
    if (size < BATCH) continue;
    yield* readBatch(texts, units, positions, batch);
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield* readBatch(texts, units, positions, batch);
}

async function* readBatch(
  texts: ReportTexts,
  units: readonly Reference[],
  positions: ReadonlyMap<string, readonly number[]>,
  ids: readonly string[],
): AsyncGenerator<SampleUnits> {
  const places = ids.flatMap((id) => positions.get(id) ?? []);
  const rows = await texts.readRows(places.map((place) => units[place]?.unitKey ?? ""));
  const samples = await readSamples(
    texts,
    ids.flatMap((id) => units[positions.get(id)?.[0] ?? -1] ?? []),
  );
  for (const id of ids) {
    const own = (positions.get(id) ?? []).flatMap((position): PlacedRow[] => {
      const row = rows.get(units[position]?.unitKey ?? "");
      return row === undefined ? [] : [{ row, position }];
    });
    yield { id, sample: samples.get(id), rows: own };
  }
}

/** The samples of a few units, by `sampleId`. */
export async function readSamples(
  texts: ReportTexts,
  units: readonly Pick<Reference, "dataset" | "sampleKey">[],
): Promise<ReadonlyMap<string, GoldSample>> {
  const found = new Map<string, GoldSample>();
  for (const dataset of new Set(units.map((unit) => unit.dataset))) {
    const own = units.filter((unit) => unit.dataset === dataset).map((unit) => unit.sampleKey);
    for (const [sampleKey, sample] of await texts.readSamples(dataset, [...new Set(own)])) {
      found.set(sampleId({ dataset, sampleKey }), sample);
    }
  }
  return found;
}

/** Orders by data set, then by row number. */
function compareSamples(left: string, right: string): number {
  const [leftSet = "", leftKey = ""] = left.split("/");
  const [rightSet = "", rightKey = ""] = right.split("/");
  if (leftSet !== rightSet) return leftSet < rightSet ? -1 : 1;
  const byRow = Number.parseInt(leftKey, 10) - Number.parseInt(rightKey, 10);
  return byRow !== 0 ? byRow : leftKey < rightKey ? -1 : 1;
}
