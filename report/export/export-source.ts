import type { GoldSample } from "../../domain/samples/sample.js";
import { readToolVersion } from "../../infra/repository.js";
import type { ResultFilter, ResultRow, Store, SweepRecord } from "../../store/store.js";
import { sampleId } from "../model/sample-id.js";
import type { ReportSweep } from "../model/report-data.js";
import type { ReportTexts } from "../model/report-texts.js";
import { openTexts, readSamples } from "../model/report-texts.js";
import type { ReportUnit } from "../model/report-unit.js";

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
  const texts = openTexts(store);
  return {
    record,
    async *readUnits(filter = {}) {
      let page: ResultRow[] = [];
      for await (const row of store.streamResults(record.name, { ...filter, role: "report" })) {
        page.push(row);
        if (page.length < PAGE) continue;
        yield* joinSamples(texts, page);
        page = [];
      }
      yield* joinSamples(texts, page);
    },
  };
}

/** The units of a report, whose rows are read from where their texts are. */
export function toExportSource({ record, units, texts }: ReportSweep): ExportSource {
  return {
    record,
    async *readUnits(filter = {}) {
      const wanted = units.filter((unit) => matches(unit, filter));
      for (let start = 0; start < wanted.length; start += PAGE) {
        const page = wanted.slice(start, start + PAGE);
        const rows = await texts.readRows(page.map(({ unitKey }) => unitKey));
        yield* joinSamples(
          texts,
          page.flatMap(({ unitKey }) => rows.get(unitKey) ?? []),
        );
      }
    },
  };
}

/** Name and version of the tool, for the formats that state who wrote them. */
export function describeWriter(): string {
  return `whetstone ${readToolVersion()}`;
}

async function* joinSamples(
  texts: ReportTexts,
  rows: readonly ResultRow[],
): AsyncGenerator<ExportUnit> {
  const samples = await readSamples(texts, rows);
  for (const row of rows) yield { row, sample: samples.get(sampleId(row)) };
}

function matches(row: ReportUnit, { variant, seed, dataset }: UnitFilter): boolean {
  return (
    (variant === undefined || row.variant === variant) &&
    (seed === undefined || row.seed === seed) &&
    (dataset === undefined || row.dataset === dataset)
  );
}
