import type { GoldSample } from "../../../domain/samples/sample.js";
import type { ReportSweep } from "../../../report/model/report-data.js";
import type { ReportTexts } from "../../../report/model/report-texts.js";
import { sampleId } from "../../../report/model/sample-id.js";
import type { LoadedSweep, SweepSummary } from "../../../report/model/summarise-sweep.js";
import { summariseUnits } from "../../../report/model/summarise-sweep.js";
import type { TextFacts } from "../../../report/model/text-facts.js";
import { readTextFacts } from "../../../report/model/text-facts.js";
import type { WholeSweep } from "../../../report/model/whole-sweep.js";
import type { ResultRow } from "../../../store/store.js";

/** A report's sweep with all its rows in memory. */
export type MadeReportSweep = Omit<ReportSweep, "units" | "samples"> & WholeSweep;

type Rows = Omit<LoadedSweep, "units" | "factsOf"> & {
  readonly rows: readonly ResultRow[];
  readonly samples: ReadonlyMap<string, GoldSample>;
};

/** The figures of rows in memory. */
export function summariseRows({ rows, samples, ...loaded }: Rows): SweepSummary {
  const { refusals, variants } = loaded.record.config;
  const facts = new Map<unknown, TextFacts>(
    rows.map((row) => {
      const asked = variants.find(({ name }) => name === row.variant)?.inference.answers ?? 1;
      return [row, readTextFacts(row, samples.get(sampleId(row)), { asked, refusals })];
    }),
  );
  const factsOf: LoadedSweep["factsOf"] = (unit) => facts.get(unit)!;
  return summariseUnits({ ...loaded, units: rows, factsOf });
}

/** A sweep whose texts are those of its own rows and samples. */
export function withTexts(sweep: Omit<MadeReportSweep, "texts">): MadeReportSweep {
  const rows = new Map(sweep.units.map((row) => [row.unitKey, row]));
  const texts: ReportTexts = {
    readRows: (unitKeys) =>
      Promise.resolve(new Map(unitKeys.flatMap((key) => [...find(rows, key, key)]))),
    readSamples: (dataset, sampleKeys) =>
      Promise.resolve(
        new Map(
          sampleKeys.flatMap((sampleKey) => [
            ...find(sweep.samples, sampleId({ dataset, sampleKey }), sampleKey),
          ]),
        ),
      ),
  };
  return { ...sweep, texts };
}

function find<Item>(items: ReadonlyMap<string, Item>, id: string, name: string): [string, Item][] {
  const item = items.get(id);
  return item === undefined ? [] : [[name, item]];
}
