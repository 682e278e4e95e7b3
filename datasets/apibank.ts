import { stat } from "node:fs/promises";
import { isReadable, parseAnswer } from "../domain/formats/parse-answer.js";
import type { Message } from "../domain/samples/sample.js";
import { fileMissing } from "./dataset-errors.js";
import { readHammerRecords } from "./hammer-format.js";
import { renderCalls } from "./history.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const KNOWN: readonly KnownFile[] = [
  {
    sha256: "b6c129cd887da3e1965479bdbe56170adc0d315567c6a716a7c493de26887f19",
    records: 399,
    title: "MadeAgents/Hammer data/test/original/apibank_l1.json",
  },
  {
    sha256: "7476f8a5a514c64498de6ae0f457b0b342ba3571d08a556447dafad8d0be6544",
    records: 127,
    title: "MadeAgents/Hammer data/test/original/apibank_l2.json",
  },
];

/** Gold dates assume this year; the published test files do not state it. */
const YEAR: Message = { role: "system", content: "The current year is 2023." };

/** Upstream's marker at the end of a dialogue that expects a call. */
const CALL_MARKER = /\s*Generate API Request:\s*$/;

/** Closing user turn for dialogues that end with a turn of the agent or a tool. */
const CLOSING: Message = { role: "user", content: "Now make the one call that this needs." };

const NOTES: readonly string[] = [
  "each dialogue starts with a system message that names the year 2023, which gold dates assume",
  "where a dialogue ends with another's turn, a user's closing sentence is added",
];

/**
 * Reads API-Bank's test dialogues as MadeAgents/Hammer publishes them. `path` is one file
 * (`apibank_l1.json` or `apibank_l2.json`), or a folder with both, which are read in this order:
 * 399 + 127 records. The paper uses 361 of them but does not specify which.
 */
export async function importApibank(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format apibank (no path given)");
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isFolder) return importLevel(path, []);
  const levels = [];
  for (const name of ["apibank_l1.json", "apibank_l2.json"]) {
    levels.push(await importLevel(path, [name, `hammer/${name}`]));
  }
  return {
    source: path,
    records: levels.flatMap((level) => level.records),
    warnings: levels.flatMap((level) => level.warnings),
    files: levels.flatMap((level) => level.files),
    notes: NOTES,
  };
}

async function importLevel(path: string, candidates: readonly string[]): Promise<ImportedFile> {
  const file = await readHammerRecords(path, candidates, readTurn);
  const records = file.results.map(closeDialogue);
  return {
    source: file.path,
    records,
    ...checkKnownFile(file, records.length, KNOWN),
    notes: NOTES,
  };
}

function readTurn(turn: { readonly role: string; readonly content: string }): Message {
  const content = turn.content.replace(CALL_MARKER, "");
  if (turn.role === "user" || turn.role === "tool") return { role: turn.role, content };
  // "agent" turns are the assistant's texts, "assistant" turns are its calls.
  const calls = turn.role === "assistant" ? parseAnswer(content) : null;
  const isCall = calls !== null && isReadable(calls);
  return { role: "assistant", content: isCall ? renderCalls(calls.calls) : content };
}

function closeDialogue(record: ImportedRecord): ImportedRecord {
  const last = record.messages[record.messages.length - 1];
  const closing = last?.role === "user" ? [] : [CLOSING];
  return { ...record, messages: [YEAR, ...record.messages, ...closing] };
}
