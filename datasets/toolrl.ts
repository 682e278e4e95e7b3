import { join } from "node:path";
import { z } from "zod";
import type { GoldCall, Message } from "../domain/samples/sample.js";
import { checkShape } from "./check-shape.js";
import { recordInvalid } from "./dataset-errors.js";
import { readHammerRecords } from "./hammer-format.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import { fileExists } from "./open-file.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import { readToolrlTools, readToolrlTurns } from "./toolrl-text.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const KNOWN: readonly KnownFile[] = [
  {
    sha256: "51ebc8209ba467ce4cc1854d23b2cfd89759f3c45ff2aaf90de4f003162ea98f",
    records: 399,
    title: "qiancheng0/ToolRL benchmarks/API-Bank/level-1-api_processed.json",
  },
  {
    sha256: "75c8097b3127d1f7aec13edb6b7a8428565d753b107f2b1e20daa3d0cfda51db",
    records: 67,
    title: "qiancheng0/ToolRL benchmarks/API-Bank/level-2-api_processed.json",
  },
];

const HAMMER_LEVEL_1: KnownFile = {
  sha256: "b6c129cd887da3e1965479bdbe56170adc0d315567c6a716a7c493de26887f19",
  records: 399,
  title: "MadeAgents/Hammer data/test/original/apibank_l1.json",
};

/** Level-1 records whose gold ToolRL's parser truncated; Hammer's file, in the same order, has the complete gold. */
const DAMAGED_ROWS: readonly number[] = [258, 285, 323, 341, 393];

const YEAR: Message = { role: "system", content: "The current year is 2023." };

const call = z.object({ name: z.string(), parameters: z.record(z.string(), z.json()) });
const record = z.object({
  system: z.string(),
  user: z.string(),
  answer: z.union([call, z.array(call)]),
});

/**
 * Reads API-Bank as qiancheng0/ToolRL publishes it: 399 level-1 and 67 level-2 records, with tools as numbered text in
 * `system` (required arguments are not marked) and the dialogue as tagged text in `user`. `folder` holds both files or
 * a `toolrl/` folder with them. If Hammer's level 1 is next to it, the five damaged golds are taken from there.
 */
export async function importToolrl(folder: string): Promise<ImportedFile> {
  const levels = [];
  for (const level of [1, 2]) {
    const name = `level-${level}-api_processed.json`;
    const file = await readRecords(folder, [name, `toolrl/${name}`], readRecord);
    const records = file.results.map((each) => each.record);
    const bare = file.results.flatMap(({ isBare }, row) => (isBare ? [row] : []));
    levels.push({ records, bare, ...checkKnownFile(file, records.length, KNOWN) });
  }
  const repaired = await takeHammerGold(folder, levels[0]?.records ?? []);
  const offset = levels[0]?.records.length ?? 0;
  const bare = levels.flatMap((level, index) => level.bare.map((row) => row + index * offset));
  return {
    source: folder,
    rowWarnings: [
      { text: repaired.text, rows: DAMAGED_ROWS },
      { text: "the file gives the answer as one object, not as a list", rows: bare },
    ],
    records: [...repaired.records, ...levels.slice(1).flatMap(({ records }) => records)],
    warnings: [...levels.flatMap(({ warnings }) => warnings), ...repaired.warnings],
    files: [...levels.flatMap(({ files }) => files), ...repaired.files],
    notes: [
      "each dialogue starts with a system message that names the year 2023, which gold dates assume",
      "the files do not say which arguments are required",
    ],
  };
}

async function takeHammerGold(
  folder: string,
  records: readonly ImportedRecord[],
): Promise<Pick<ImportedFile, "records" | "warnings" | "files"> & { readonly text: string }> {
  const name = "apibank_l1.json";
  const places = [join(folder, name), join(folder, "hammer", name)];
  if (!places.some(fileExists)) {
    const text = `gold is damaged upstream and ${name} of MadeAgents/Hammer, which has it whole, is not in the folder`;
    return { records, text, warnings: [], files: [] };
  }
  const file = await readHammerRecords(folder, [name, `hammer/${name}`]);
  const whole = file.results;
  const check = checkKnownFile(file, whole.length, [HAMMER_LEVEL_1]);
  const taken = records.map((each, row) => {
    const gold = DAMAGED_ROWS.includes(row) ? whole[row]?.gold : undefined;
    return gold === undefined ? each : { ...each, gold };
  });
  return {
    records: taken,
    files: check.files,
    warnings: check.warnings,
    text: `gold is damaged upstream; taken from ${name} instead`,
  };
}

function readRecord(
  value: unknown,
  { path, where }: RecordPlace,
): { readonly record: ImportedRecord; readonly isBare: boolean } {
  const { system, user, answer } = checkShape(record, value, path, where);
  const tools = readToolrlTools(system, path, where);
  const messages = readToolrlTurns(user);
  if (messages.at(-1)?.role !== "user") {
    throw recordInvalid(path, where, 'field "user": the last turn must be the user\'s');
  }
  const calls = (Array.isArray(answer) ? answer : [answer]).map(
    ({ name, parameters }): GoldCall => ({ name, arguments: parameters }),
  );
  return {
    record: { messages: [YEAR, ...messages], tools, gold: { calls } },
    isBare: !Array.isArray(answer),
  };
}
