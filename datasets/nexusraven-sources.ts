import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { parseJson } from "../domain/json/scan.js";
import type { GoldCall, Tool } from "../domain/samples/sample.js";
import { checkShape } from "./check-shape.js";
import { recordInvalid } from "./dataset-errors.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import { toolFromDocstring } from "./python-docstring.js";
import { parsePythonCall } from "../domain/json/python-literal.js";
import type { DataFile } from "./read-file.js";
import { fileExists } from "./open-file.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import { readDataFile } from "./read-file.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const known = (name: string, records: number, sha256: string): [string, KnownFile] => [
  name,
  { sha256, records, title: `nexusflowai/NexusRaven ${name}` },
];

/** The publisher's files; `records` counts queries, or functions. */
const FILES: ReadonlyMap<string, KnownFile> = new Map([
  known(
    "cve_cpe_queries.json",
    78,
    "22813bf7e485869a56593a9aa3d2613f7169475f733522d5989394dfc1d39eb1",
  ),
  known(
    "emailrep_queries.json",
    38,
    "7157341700fec7c5d5907d93bdfd1b64bd63a0b1a564aa9074e05cdc0f55fa73",
  ),
  known(
    "virustotal_queries.json",
    151,
    "2ee6b54fdf74af6e0d2649a5917ae0360f5c613712fc1eae6c34403431acd767",
  ),
  known(
    "toolalpaca_queries.json",
    51,
    "dfa26116703d1b4f851a5d8159de4f4ef6dec4f307ab534f7b670f406fc310bb",
  ),
  known(
    "cve_cpe_function_definitions.py",
    2,
    "74e218702139ac097f16332f20ee554b40dab6021b96f985e1cffbd7129f84a1",
  ),
  known(
    "virustotal_function_definitions.py",
    12,
    "486bdaa695b229d05de942e35c6b6095c2ca73e09230019ea361a22dd41c790a",
  ),
  known(
    "upload_standardized_api_list.py",
    2,
    "e8ce06d7450757087f5e757f1314236141b95ac3e6ec6ed73844c69ead3ad02d",
  ),
]);

const plainQuery = z.object({ query: z.string(), reference: z.string() });
const firstTurn = z.object({
  turns_1: z.object({ instruction: z.string(), golden_answer: z.string(), docstring: z.string() }),
});

const FUNCTION = /^def (\w+)\([^]*?\):\s*"""([^]*?)"""/gm;
const LISTED = /"name": "(\w+)",\s*"description": """([^]*?)"""/g;
const OFFERED =
  /<func_start>def (\w+)\([^]*?<func_end>\s*<docstring_start>\s*"""([^]*?)"""\s*<docstring_end>/g;

/** Finds the folder with the publisher's query files: `path`, or a folder of its clone; null if neither has them. */
export function findNexusravenSources(path: string): string | null {
  const folders = [path, join(path, "raven/data/resources")].map((folder) => resolve(folder));
  return folders.find((folder) => fileExists(join(folder, "cve_cpe_queries.json"))) ?? null;
}

/**
 * Reads the 318 queries and 65 functions from the publisher's own files. Gold calls are Python text; functions are
 * Python definitions with docstrings. Two functions of one part are defined in the script that uploads them, which may
 * be next to the queries.
 */
export async function importNexusravenSources(folder: string): Promise<ImportedFile> {
  const open = (...names: string[]): Promise<DataFile> => readDataFile(folder, names);
  const cve = await open("cve_cpe_function_definitions.py");
  const virustotal = await open("virustotal_function_definitions.py");
  const script = "upload_standardized_api_list.py";
  const upload = await open(script, `../${script}`);
  const parts = [];
  for (const { name, definitions, pattern } of [
    { name: "cve_cpe_queries.json", definitions: cve, pattern: FUNCTION },
    { name: "emailrep_queries.json", definitions: upload, pattern: LISTED },
    { name: "virustotal_queries.json", definitions: virustotal, pattern: FUNCTION },
  ]) {
    const tools = readTools(definitions.text, pattern);
    const queries = await readRecords(folder, [name], (value, place) =>
      readPlain(value, place, tools),
    );
    const { results: records } = queries;
    const checks = [check(queries, records.length), check(definitions, tools.length)];
    parts.push({ records, checks });
  }
  const last = await readRecords(folder, ["toolalpaca_queries.json"], readFirstTurn);
  const records = last.results;
  const checks = [...parts.flatMap((part) => part.checks), check(last, records.length)];
  return {
    source: folder,
    records: [...parts.flatMap((part) => part.records), ...records],
    files: checks.flatMap(({ files }) => files),
    warnings: checks.flatMap(({ warnings }) => warnings),
    notes: ["functions are read from the publisher's Python definitions and their docstrings"],
  };
}

function check(file: Pick<DataFile, "path" | "sha256">, records: number) {
  const own = FILES.get(basename(file.path));
  return checkKnownFile(file, records, own === undefined ? [] : [own]);
}

function readTools(text: string, pattern: RegExp): Tool[] {
  return [...text.matchAll(pattern)].map(([, name = "", docstring = ""]) =>
    toolFromDocstring(name, docstring),
  );
}

function readPlain(
  value: unknown,
  { path, where }: RecordPlace,
  tools: readonly Tool[],
): ImportedRecord {
  const { query, reference } = checkShape(plainQuery, value, path, where);
  const call = readCall(reference.replace(/^r = /, "").replace("nvdlib.", ""), path, where);
  return { messages: [{ role: "user", content: query }], tools, gold: { calls: [call] } };
}

/** Reads the first turn only; later turns are not part of the 318. */
function readFirstTurn(value: unknown, { path, where }: RecordPlace): ImportedRecord {
  const { turns_1: turn } = checkShape(firstTurn, value, path, where);
  const answers = parseJson(turn.golden_answer)?.value;
  const [answer] = checkShape(z.array(z.string()).min(1), answers, path, where);
  return {
    messages: [{ role: "user", content: turn.instruction }],
    tools: readTools(turn.docstring, OFFERED),
    gold: { calls: [readCall(answer ?? "", path, where)] },
  };
}

function readCall(text: string, path: string, where: string): GoldCall {
  const call = parsePythonCall(text.trim());
  if (call === null) throw recordInvalid(path, where, `"${text}" is not a Python call`);
  return call;
}
