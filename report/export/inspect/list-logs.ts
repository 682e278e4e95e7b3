import type { FolderFile } from "../../write-folder.js";
import type { ExportOptions, ExportSource } from "../export-source.js";
import { renderZip, type ZipEntry } from "../zip.js";
import { LogTotals } from "./log-totals.js";
import type { LogScope } from "./log-scope.js";
import { describeEval, describeLog, nameLog } from "./log-header.js";
import { renderUtf8Json } from "../utf8-json.js";
import { toSample } from "./sample.js";
import { summariseSample } from "./sample-summary.js";

/**
 * Logs of Inspect AI (`.eval`, format version 2): one per variant, seed and data set. A log whose variant has no result
 * yet is left out.
 */
export async function* listInspectLogs(
  source: ExportSource,
  options: ExportOptions,
): AsyncGenerator<FolderFile> {
  const { record } = source;
  for (const variant of record.config.variants) {
    for (const seed of record.config.seeds) {
      for (const { name: dataset } of record.config.datasets) {
        const scope: LogScope = { record, variant, seed, dataset, options };
        if (!(await hasUnits(source, scope))) continue;
        yield { path: nameLog(scope), content: renderZip(listEntries(source, scope)) };
      }
    }
  }
}

async function hasUnits(source: ExportSource, scope: LogScope): Promise<boolean> {
  const units = readUnits(source, scope)[Symbol.asyncIterator]();
  const { done } = await units.next();
  await units.return?.();
  return done !== true;
}

function readUnits(source: ExportSource, { variant, seed, dataset }: LogScope) {
  return source.readUnits({ variant: variant.name, seed, dataset });
}

async function* listEntries(source: ExportSource, scope: LogScope): AsyncGenerator<ZipEntry> {
  const totals = new LogTotals();
  const summaries: string[] = [];
  for await (const unit of readUnits(source, scope)) {
    const sample = toSample(unit, scope);
    totals.add(unit.row, sample);
    summaries.push(renderUtf8Json(summariseSample(sample)));
    yield { path: `samples/${sample.id}_epoch_1.json`, text: renderUtf8Json(sample) };
  }
  const start = { version: 2, ...describeEval(scope, totals) };
  yield { path: "_journal/start.json", text: renderUtf8Json(start) };
  yield { path: "summaries.json", text: `[${summaries.join(",")}]` };
  yield { path: "header.json", text: renderUtf8Json(describeLog(scope, totals)) };
}
