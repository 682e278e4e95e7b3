import type { Message } from "../domain/samples/sample.js";
import { addAccepted, hasStrayAccepted } from "./accepted-values.js";
import { checkShape } from "./check-shape.js";
import type { Refuse } from "./dataset-errors.js";
import { fileMissing, recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import { inspectShape } from "./inspect-shapes.js";
import { checkKnownFile } from "./known-files.js";
import { writeTurns } from "./openai-history.js";
import type { GivenMessage } from "./openai-shapes.js";
import { readTools } from "./openai-tools.js";
import { readTurns } from "./openai-turns.js";
import { parseObject } from "./parse-object.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

/**
 * Reads samples as Inspect AI's `json_dataset` does, JSON lines or one JSON list: `input` is text or a list of messages,
 * `target` the right calls as a list or its JSON text, `metadata.tools` (or `tools`) the candidates, also as JSON text;
 * ignores other fields. A call of the target may have `accepted`, as in openai-jsonl. "[]" means that no call is right.
 *
 * Throws DATASET_FILE_MISSING, DATASET_EMPTY, DATA_FILE_UNSUPPORTED, DATA_LINE_INVALID or SAMPLE_WITHOUT_TOOLS.
 */
export async function importInspectJson(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format inspect-json (no path given)");
  const file = await readRecords(path, [], readRecord);
  const records = file.results;
  return {
    source: file.path,
    records,
    rowWarnings: [
      {
        text: '"accepted" lists an argument that neither the call nor its tool has',
        rows: records.flatMap((record, row) => (hasStrayAccepted(record) ? [row] : [])),
      },
    ],
    ...checkKnownFile(file, records.length, []),
    notes: [],
  };
}

function readRecord(value: unknown, { path, where }: RecordPlace): ImportedRecord {
  const refuse: Refuse = (problem) => recordInvalid(path, where, problem);
  const given = checkShape(inspectShape, value, path, where);
  const tools = readTools({ tools: given.metadata?.tools ?? given.tools, functions: null }, refuse);
  if (tools.length === 0) throw recordWithoutTools(path, where);
  const calls = given.target.map(({ name, arguments: args }) => ({
    name,
    arguments:
      typeof args === "string"
        ? parseObject(args, `the arguments of "${name}"`, refuse)
        : (args ?? {}),
  }));
  const lists = given.target.map(({ accepted }) => accepted ?? null);
  return {
    messages: readInput(given.input, refuse),
    tools,
    gold: { calls: addAccepted(calls, lists, tools, refuse) },
  };
}

function readInput(input: string | readonly GivenMessage[], refuse: Refuse): Message[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const turns = input.flatMap((each, index) => readTurns(each, `input.${index}`, refuse));
  const lastRole = turns.at(-1)?.role;
  if (lastRole !== "user" && lastRole !== "tool") {
    throw refuse("the last message of \"input\" must be a user's or a tool's");
  }
  return writeTurns(turns, refuse);
}
