import { isReadable, parseAnswer } from "../domain/formats/parse-answer.js";
import type { Message } from "../domain/samples/sample.js";
import { addAccepted, hasStrayAccepted } from "./accepted-values.js";
import { checkShape } from "./check-shape.js";
import type { Refuse } from "./dataset-errors.js";
import { fileMissing, recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import { checkKnownFile } from "./known-files.js";
import { readContent } from "./message-content.js";
import type { GivenRecord } from "./openai-shapes.js";
import { nameOtherFormat, recordShape } from "./openai-shapes.js";
import { writeTurns } from "./openai-history.js";
import { readTools } from "./openai-tools.js";
import { readTurns } from "./openai-turns.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

/**
 * Reads JSON lines, or one JSON list, in OpenAI's tool format, `{"messages": [...], "tools": [...]}`;
 * ignores other fields. Also reads OpenAI's older form (`function_call`, `functions`) and Anthropic's
 * (`tool_use`, `tool_result`, `input_schema`, `system`). Gold is the last message, which must be the
 * assistant's: its calls, or no call if it has text only. The sample does not contain it. Earlier
 * calls become text in the answer's notation, and their results follow in the order of the calls.
 * `accepted` lists all accepted values of each gold call per argument; `""` means that the argument
 * may be omitted.
 *
 * Throws DATASET_FILE_MISSING, DATASET_EMPTY, DATA_FILE_UNSUPPORTED, DATA_LINE_INVALID or
 * SAMPLE_WITHOUT_TOOLS, the last two with the file, the 1-based line number and the problem.
 */
export async function importOpenaiJsonl(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format openai-jsonl (no path given)");
  const file = await readRecords(path, [], readRecord);
  const { results } = file;
  const rowsOf = (test: (result: ReadRecord) => boolean): number[] =>
    results.flatMap((result, row) => (test(result) ? [row] : []));
  return {
    source: file.path,
    records: results.map(({ record }) => record),
    rowWarnings: [
      {
        text: 'the right answer is text that looks like a call and counts as no call: calls go into "tool_calls"',
        rows: rowsOf(({ looksLikeCalls }) => looksLikeCalls),
      },
      {
        text: '"accepted" lists an argument that neither the call nor its tool has',
        rows: rowsOf(({ record }) => hasStrayAccepted(record)),
      },
    ],
    ...checkKnownFile(file, results.length, []),
    notes: [],
  };
}

interface ReadRecord {
  readonly record: ImportedRecord;
  readonly looksLikeCalls: boolean;
}

function readRecord(value: unknown, { path, where }: RecordPlace): ReadRecord {
  const refuse: Refuse = (problem) => recordInvalid(path, where, problem);
  const other = nameOtherFormat(value);
  if (other !== null) {
    throw refuse(`the record is in ${other} format, not OpenAI's: it has no "messages"`);
  }
  const given = checkShape(recordShape, value, path, where);
  const tools = readTools(given, refuse);
  if (tools.length === 0) throw recordWithoutTools(path, where);
  const turns = given.messages.flatMap((each, index) =>
    readTurns(each, `messages.${index}`, refuse),
  );
  const answer = turns.at(-1);
  if (answer?.role !== "assistant") {
    throw refuse('the last of "messages" must be the assistant\'s right answer');
  }
  const history = turns.slice(0, -1);
  const lastRole = history.at(-1)?.role;
  if (lastRole !== "user" && lastRole !== "tool") {
    throw refuse("the message before the right answer must be a user's or a tool's");
  }
  const calls = answer.calls.map(({ name, arguments: args }) => ({ name, arguments: args }));
  const record = {
    messages: [...readSystem(given, refuse), ...writeTurns(history, refuse)],
    tools,
    gold: { calls: addAccepted(calls, given.accepted, tools, refuse) },
  };
  return { record, looksLikeCalls: calls.length === 0 && holdsCalls(answer.text) };
}

/** In Anthropic's records, the system text is outside the messages. */
function readSystem({ system, tools, messages }: GivenRecord, refuse: Refuse): Message[] {
  const isAnthropic = (tools ?? []).some(({ function: tool }) => tool.input_schema != null);
  if (!isAnthropic || messages.some(({ role }) => role === "system")) return [];
  const { text } = readContent(system, "system", refuse);
  return text === "" ? [] : [{ role: "system", content: text }];
}

function holdsCalls(text: string): boolean {
  const answer = parseAnswer(text);
  return isReadable(answer) && answer.calls.length > 0;
}
