import { z } from "zod";
import { isObject } from "../domain/json/scan.js";
import type { JsonObject, JsonValue } from "../domain/json/value.js";
import type { Tool } from "../domain/samples/sample.js";
import { readArgumentList } from "../domain/schemas/tool-parameters.js";
import { checkShape } from "./check-shape.js";
import type { Refuse } from "./dataset-errors.js";
import { fileMissing, recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import { listOrText } from "./json-text.js";
import { checkKnownFile } from "./known-files.js";
import type { GivenCall, GivenTool } from "./openai-shapes.js";
import { calledShape, toolShape } from "./openai-shapes.js";
import { parseObject } from "./parse-object.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import { requireParameters } from "./tool-parameters.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const record = z.object({
  query: z.string(),
  tools: listOrText(z.array(toolShape)),
  answers: listOrText(z.array(calledShape)),
});

/**
 * Reads records `{id, query, tools, answers}` of xLAM's function-calling data, JSON lines or one JSON list; `tools` and
 * `answers` are JSON text or lists. Tools list their arguments as `{argument: {type, description, default?}}`: one
 * without a default whose type does not say "optional" is required. No answer means that no call is right. `path` is
 * the file, or a folder that holds `xlam_function_calling_60k.json`.
 *
 * Throws DATASET_FILE_MISSING, DATASET_EMPTY, DATA_FILE_UNSUPPORTED, DATA_LINE_INVALID or SAMPLE_WITHOUT_TOOLS.
 */
export async function importXlam(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format xlam (no path given)");
  const file = await readRecords(path, ["xlam_function_calling_60k.json"], readRecord);
  const records = file.results;
  return { source: file.path, records, ...checkKnownFile(file, records.length, []), notes: [] };
}

function readRecord(value: unknown, { path, where }: RecordPlace): ImportedRecord {
  const refuse: Refuse = (problem) => recordInvalid(path, where, problem);
  const { query, tools, answers } = checkShape(record, value, path, where);
  if (tools.length === 0) throw recordWithoutTools(path, where);
  return {
    messages: [{ role: "user", content: query }],
    tools: tools.map((each) => readTool(each.function, refuse)),
    gold: { calls: answers.map((each) => readCall(each, refuse)) },
  };
}

function readTool({ name, description, parameters }: GivenTool, refuse: Refuse): Tool {
  const list = readObject(parameters ?? {}, `the parameters of "${name}"`, refuse);
  const required = Object.keys(list).filter((key) => isRequired(list[key]));
  return {
    name,
    description: description ?? "",
    parameters: requireParameters(name, readArgumentList(list, required), refuse),
  };
}

function readCall({ name, arguments: given }: GivenCall, refuse: Refuse) {
  return { name, arguments: readObject(given ?? {}, `the arguments of "${name}"`, refuse) };
}

function readObject(given: string | JsonObject, what: string, refuse: Refuse): JsonObject {
  return typeof given === "string" ? parseObject(given, what, refuse) : given;
}

/** Whether a call must give an argument: xLAM says so by a default, or by a type such as "int, optional". */
function isRequired(argument: JsonValue | undefined): boolean {
  if (!isObject(argument)) return false;
  const { type } = argument;
  const isOptional = typeof type === "string" && /\boptional\b/i.test(type);
  return !isOptional && (argument["default"] ?? null) === null;
}
