import { dirname, join } from "node:path";
import { z } from "zod";
import { isObject, parseJson } from "../domain/json-scan.js";
import { schemaFromArguments } from "../domain/json-schema.js";
import type { JsonObject } from "../domain/json.js";
import type { Tool } from "../domain/sample.js";
import { checkShape } from "./check-shape.js";
import { fileMissing, recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import { readDataFile, readJsonLines } from "./read-file.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const KNOWN: readonly KnownFile[] = [
  {
    sha256: "37f4a7851cd65141b80926ef02c7d029d1f8b1b25c00f05a8609c0a6fecc0930",
    records: 318,
    title: "the 318 standardized queries of nexusflowai/NexusRaven",
  },
];

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
 * Reads NexusRaven's 318 evaluation queries: `standardized_queries.jsonl` (the publisher's columns)
 * with the functions in `tools.jsonl` beside it. `path` is the queries' file, or a folder that
 * holds both.
 */
export async function importNexusraven(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format nexusraven (no path given)");
  const name = "standardized_queries.jsonl";
  const file = await readDataFile(path, [name, `derived/${name}`]);
  const tools = await readTools(join(dirname(file.path), "tools.jsonl"));
  const records = readJsonLines(file).map(({ number, value }) =>
    readRecord(value, tools, file.path, `line ${number}`),
  );
  return { source: file.path, records, warnings: checkKnownFile(file, records.length, KNOWN) };
}

/** Tools by part and name: two parts may have functions of one name. */
async function readTools(path: string): Promise<ReadonlyMap<string, Tool>> {
  const file = await readDataFile(path);
  return new Map(
    readJsonLines(file).map(({ number, value }) => {
      const line = checkShape(toolLine, value, file.path, `line ${number}`);
      const { dataset, name, description } = line;
      const parameters = schemaFromArguments(line.parameters);
      return [`${dataset}/${name}`, { name, description, parameters }];
    }),
  );
}

function readRecord(
  value: unknown,
  tools: ReadonlyMap<string, Tool>,
  path: string,
  where: string,
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
