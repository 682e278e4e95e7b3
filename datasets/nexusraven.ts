import { dirname, join } from "node:path";
import { z } from "zod";
import { isObject, parseJson } from "../domain/json/scan.js";
import { readArgumentList } from "../domain/schemas/tool-parameters.js";
import type { JsonObject } from "../domain/json/value.js";
import type { Tool } from "../domain/samples/sample.js";
import { checkShape } from "./check-shape.js";
import { fileMissing, recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import type { FileCheck, KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import { findNexusravenSources, importNexusravenSources } from "./nexusraven-sources.js";
import { locateFile } from "./open-file.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import { requireParameters } from "./tool-parameters.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const QUERIES: KnownFile = {
  sha256: "37f4a7851cd65141b80926ef02c7d029d1f8b1b25c00f05a8609c0a6fecc0930",
  records: 318,
  title: "the 318 standardized queries of nexusflowai/NexusRaven",
};
const TOOLS: KnownFile = {
  sha256: "afe7e9b0d4b3a442bc9358052a54ccb67abc73e567196226735b8d90664b4fca",
  records: 65,
  title: "the 65 functions of nexusflowai/NexusRaven",
};

const toolLine = z.object({
  dataset: z.string(),
  name: z.string().min(1),
  description: z.string(),
  parameters: z.record(z.string(), z.json()),
});

const queryLine = z.object({
  dataset: z.string(),
  prompt: z.string(),
  python_function_name: z.string(),
  python_args_dict: z.string(),
  context_functions: z.array(z.string()),
});

/**
 * Reads NexusRaven's 318 evaluation queries. `path` is the publisher's repository or its
 * `raven/data/resources`, or the standardized form: `standardized_queries.jsonl` (the publisher's
 * columns) with the functions in `tools.jsonl` next to it, as a file or the folder that holds both.
 */
export async function importNexusraven(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format nexusraven (no path given)");
  const sources = findNexusravenSources(path);
  if (sources !== null) return importNexusravenSources(sources);
  const name = "standardized_queries.jsonl";
  const queries = await locateFile(path, [name, `derived/${name}`]);
  const { tools, check } = await readTools(join(dirname(queries), "tools.jsonl"));
  const file = await readRecords(queries, [], (value, place) => readRecord(value, tools, place));
  const records = file.results;
  const own = checkKnownFile(file, records.length, [QUERIES]);
  return {
    source: file.path,
    records,
    files: [...own.files, ...check.files],
    warnings: [...own.warnings, ...check.warnings],
    notes: [],
  };
}

/** Reads tools by part and name, because two parts may have functions with the same name. */
async function readTools(
  path: string,
): Promise<{ tools: ReadonlyMap<string, Tool>; check: FileCheck }> {
  const file = await readRecords(path, [], (value, place): [string, Tool] => {
    const line = checkShape(toolLine, value, place.path, place.where);
    const { dataset, name, description } = line;
    const read = readArgumentList(line.parameters);
    const parameters = requireParameters(name, read, (problem) =>
      recordInvalid(place.path, place.where, problem),
    );
    return [`${dataset}/${name}`, { name, description, parameters }];
  });
  const check = checkKnownFile(file, file.results.length, [TOOLS]);
  return { tools: new Map(file.results), check };
}

function readRecord(
  value: unknown,
  tools: ReadonlyMap<string, Tool>,
  { path, where }: RecordPlace,
): ImportedRecord {
  const query = checkShape(queryLine, value, path, where);
  const given = parseJson(query.python_args_dict)?.value;
  if (!isObject(given)) {
    throw recordInvalid(path, where, 'field "python_args_dict": not a JSON object');
  }
  if (query.context_functions.length === 0) throw recordWithoutTools(path, where);
  return {
    messages: [{ role: "user", content: query.prompt }],
    tools: query.context_functions.map((name) => {
      const tool = tools.get(`${query.dataset}/${name}`);
      if (tool === undefined) throw recordInvalid(path, where, `tools.jsonl has no "${name}"`);
      return tool;
    }),
    gold: { calls: [{ name: query.python_function_name, arguments: given as JsonObject }] },
  };
}
