import { createHash } from "node:crypto";
import type { FolderFile } from "../../write-folder.js";
import { renderUtf8Json } from "../utf8-json.js";
import type { ExportOptions, ExportSource, ExportUnit } from "../export-source.js";
import { countRow, describeRecord, startCounts } from "./aggregate.js";
import { toInstances } from "./instance.js";
import { nameRecord, type EeeScope } from "./scope.js";

/**
 * Records of Every Eval Ever, in the folders of its database: one per variant, seed and data set, each with a file of
 * its samples. Without texts, the files of samples are left out. A record whose variant has no result yet is, too.
 */
export async function* listEeeFiles(
  source: ExportSource,
  { texts }: ExportOptions,
): AsyncGenerator<FolderFile> {
  const { record } = source;
  for (const variant of record.config.variants) {
    for (const seed of record.config.seeds) {
      for (const dataset of record.config.datasets) {
        const scope = { record, variant, seed, dataset };
        const units = source.readUnits({ variant: variant.name, seed, dataset: dataset.name });
        yield* listRecordFiles(units, scope, texts);
      }
    }
  }
}

async function* listRecordFiles(
  units: AsyncIterable<ExportUnit>,
  scope: EeeScope,
  texts: boolean,
): AsyncGenerator<FolderFile> {
  const names = nameRecord(scope);
  const counts = startCounts();
  const hash = createHash("sha256");
  let rows = 0;
  const path = `${names.path}_samples.jsonl`;
  async function* lines(): AsyncGenerator<string> {
    for await (const unit of units) {
      countRow(counts, unit.row);
      for (const instance of toInstances(unit, scope, names)) {
        const line = `${renderUtf8Json(instance)}\n`;
        hash.update(line);
        rows += 1;
        yield line;
      }
    }
  }
  if (texts) {
    const content = await startReading(lines());
    if (content === null) return;
    yield { path, content };
  } else {
    for await (const { row } of units) countRow(counts, row);
    if (counts.units === 0) return;
  }
  const samples = texts ? { path, rows, sha256: hash.digest("hex") } : null;
  const text = renderUtf8Json(describeRecord(scope, names, counts, samples));
  yield { path: `${names.path}.json`, content: `${text}\n` };
}

/** The same pieces; null if there are none. */
async function startReading(
  pieces: AsyncGenerator<string>,
): Promise<AsyncGenerator<string> | null> {
  const first = await pieces.next();
  if (first.done === true) return null;
  async function* whole(): AsyncGenerator<string> {
    yield first.value as string;
    yield* pieces;
  }
  return whole();
}
