import { z } from "zod";
import { isReadable, parseAnswer } from "../domain/formats/parse-answer.js";
import { checkShape } from "./check-shape.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import { readToolrlTools, readToolrlTurns } from "./toolrl-text.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

/** The whole file; most of its records have a call. */
const KNOWN: KnownFile = {
  sha256: "ef42a7b1574f1552d6cc7bf9f060a6425458ff67bae2baf53e945dc640dc125c",
  records: 400,
  title: "qiancheng0/ToolRL dataset/rlla_4k_raw/rlla_sft.json",
};

const record = z.object({ instruction: z.string(), input: z.string(), output: z.string() });

/**
 * Reads the training records of qiancheng0/ToolRL (`rlla_sft.json`), a mix of ToolACE, Hammer and xLAM, for sft-ood.
 * None is from the paper's data sets. Keeps records that answer a user's turn with calls of offered tools; drops the
 * reasoning before the calls, which no prompt here requests.
 */
export async function importToolrlSft(folder: string): Promise<ImportedFile> {
  const name = "rlla_sft.json";
  const file = await readRecords(folder, [name, `toolrl/${name}`], readRecord);
  const records = file.results.flat();
  const left = file.results.length - records.length;
  const notes = [
    `${left} records that answer in words, follow a tool's result, cannot be read or call a tool that is not offered are left out`,
    "thoughts written before the calls are left out",
    "the file does not say which arguments are required",
  ];
  return {
    source: file.path,
    records,
    ...checkKnownFile(file, file.results.length, [KNOWN]),
    notes,
  };
}

function readRecord(value: unknown, { path, where }: RecordPlace): ImportedRecord[] {
  const { instruction, input, output } = checkShape(record, value, path, where);
  const tools = readToolrlTools(instruction, path, where);
  const messages = readToolrlTurns(input);
  const answer = output.includes("<tool_call>") ? parseAnswer(output) : null;
  if (messages.at(-1)?.role !== "user" || answer === null || !isReadable(answer)) return [];
  if (answer.repaired) return [];
  const calls = answer.calls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  const isOffered = calls.every((call) => tools.some(({ name }) => name === call.name));
  return calls.length > 0 && isOffered ? [{ messages, tools, gold: { calls } }] : [];
}
