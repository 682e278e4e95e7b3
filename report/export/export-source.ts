import type { GoldSample } from "../../domain/samples/sample.js";
import { readToolVersion } from "../../infra/repository.js";
import type { ResultFilter, ResultRow, Store, SweepRecord } from "../../store/store.js";
import { sampleId } from "../model/load-samples.js";
import type { ReportSweep } from "../model/report-data.js";

/** One sweep's reported units for an exporter, which reads them one at a time and as often as it needs. */
export interface ExportSource {
  readonly record: SweepRecord;
  /** The reported units that have a result, in order of their keys. */
  readonly readUnits: (filter?: UnitFilter) => AsyncIterable<ExportUnit>;
}

/** Which of a sweep's reported units to read; absent fields match everything. */
export type UnitFilter = Pick<ResultFilter, "variant" | "seed" | "dataset">;

/** One unit with its sample. */
export interface ExportUnit {
  readonly row: ResultRow;
  /** Absent if the store does not have it. */
  readonly sample: GoldSample | undefined;
}

/** What the user asked for besides the format. */
export interface ExportOptions {
  /** Whether conversations, gold, answers and traces are included, which a data set's license may cover. */
  readonly texts: boolean;
  /** URL of a unit's history in the Temporal UI. */
  readonly link: (row: ResultRow) => string;
}

/** Units per query of their samples. */
const PAGE = 200;

/** Reads a sweep's units from the store page by page. */
export function openExportSource(store: Store, record: SweepRecord): ExportSource {
  return {
    record,
    async *readUnits(filter = {}) {
      let page: ResultRow[] = [];
      for await (const row of store.streamResults(record.name, { ...filter, role: "report" })) {
        page.push(row);
        if (page.length < PAGE) continue;
        yield* joinSamples(store, page);
        page = [];
      }
      yield* joinSamples(store, page);
    },
  };
}

/** The units of a sweep that a report has already read. */
export function toExportSource({ record, units, samples }: ReportSweep): ExportSource {
  return {
    record,
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous
    async *readUnits(filter = {}) {
      for (const row of units) {
        if (matches(row, filter)) yield { row, sample: samples.get(sampleId(row)) };
      }
    },
  };
}

/** Name and version of the tool, for the formats that state who wrote them. */
export function describeWriter(): string {
  return `whetstone ${readToolVersion()}`;
}

async function* joinSamples(store: Store, rows: readonly ResultRow[]): AsyncGenerator<ExportUnit> {
  const samples = new Map<string, ReadonlyMap<string, GoldSample>>();
  for (const dataset of new Set(rows.map((row) => row.dataset))) {
    const own = rows.filter((row) => row.dataset === dataset).map((row) => row.sampleKey);
    samples.set(dataset, await store.getGoldSamples(dataset, [...new Set(own)]));
  }
  for (const row of rows) yield { row, sample: samples.get(row.dataset)?.get(row.sampleKey) };
}

function matches(row: ResultRow, { variant, seed, dataset }: UnitFilter): boolean {
  return (
    (variant === undefined || row.variant === variant) &&
    (seed === undefined || row.seed === seed) &&
    (dataset === undefined || row.dataset === dataset)
  );
}
