import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { GoldCall } from "../domain/samples/sample.js";
import { readToolParameters } from "../domain/schemas/tool-parameters.js";
import { readAcceptedCall } from "./bfcl-accepted.js";
import { checkShape } from "./check-shape.js";
import type { Refuse } from "./dataset-errors.js";
import { fileMissing, recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import type { FileCheck, KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import { locateFile } from "./open-file.js";
import { readRecords } from "./read-records.js";
import { requireParameters } from "./tool-parameters.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const QUESTIONS: readonly KnownFile[] = [
  {
    sha256: "82dd63ba502eb2520c6b5d1d9a5c4b590e03ff261565175561f6228a367d1991",
    records: 400,
    title: "BFCL v4 simple_python",
  },
  {
    sha256: "aef168155ebd74b7ac2401198b201343bc7d16d7a3d7e0d4e6d8ee82c6969b2a",
    records: 200,
    title: "BFCL v4 multiple",
  },
  {
    sha256: "19f51a82eff42e5d62541aa500115a056eb78f437c2ba1f10415fd7c8e5dda84",
    records: 200,
    title: "BFCL v4 parallel",
  },
  {
    sha256: "8863ea8433239f55c5f016154cf0830853c89f693c6ea270396a2fa121960579",
    records: 200,
    title: "BFCL v4 parallel_multiple",
  },
  {
    sha256: "2b6ed4c2e992cdcf5f1678a701851f944bef7550ee026ed1ddb89efed5be01a6",
    records: 240,
    title: "BFCL v4 irrelevance",
  },
];

const ANSWERS: readonly KnownFile[] = [
  {
    sha256: "90cd5bc653690ee8e459b5b3f3fc9458606f7f3fcbf795bb51b7dc581f8c86dc",
    records: 400,
    title: "BFCL v4 simple_python, answers",
  },
  {
    sha256: "244e00ce9395df948bcafc7bee64e8f9c87ef70887587d83cae45b13699f3047",
    records: 200,
    title: "BFCL v4 multiple, answers",
  },
  {
    sha256: "8a6aa19c1adddc6a5a2f7e40f9dbf30cc7e95815e7b830c90589ab318229e0f0",
    records: 200,
    title: "BFCL v4 parallel, answers",
  },
  {
    sha256: "5ebf24f458c1f16300c05505d83d6f0a1b68b79be273a033febd0d4f840507e3",
    records: 200,
    title: "BFCL v4 parallel_multiple, answers",
  },
];

const FILES = ["simple_python", "multiple", "parallel", "parallel_multiple", "irrelevance"].map(
  (category) => `BFCL_v4_${category}.json`,
);

const questionLine = z.object({
  id: z.string(),
  question: z
    .array(
      z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
    )
    .length(1, "only single-turn questions can be read"),
  function: z.array(
    z.object({
      name: z.string().min(1),
      description: z.string().nullish(),
      parameters: z.record(z.string(), z.json()),
    }),
  ),
});

const answerLine = z.object({
  id: z.string(),
  ground_truth: z.array(z.record(z.string(), z.record(z.string(), z.array(z.json())))),
});

/**
 * Reads the single-turn Python categories of the Berkeley Function Calling Leaderboard (version 4).
 * `path` is one `BFCL_v4_*.json`, whose answers are in `possible_answer/` next to it, or a folder with
 * all five, which are read one after the other. In "irrelevance", the right answer is no call.
 */
export async function importBfcl(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format bfcl (no path given)");
  const isFolder = await stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isFolder) return importCategory(path);
  const categories = [];
  for (const name of FILES) categories.push(await importCategory(join(path, name)));
  return {
    source: path,
    records: categories.flatMap(({ records }) => records),
    warnings: categories.flatMap(({ warnings }) => warnings),
    files: categories.flatMap(({ files }) => files),
    notes: [],
  };
}

async function importCategory(path: string): Promise<ImportedFile> {
  const questions = await locateFile(path, []);
  const answers = basename(questions).includes("irrelevance") ? null : await readAnswers(questions);
  const file = await readRecords(questions, [], (value, place): ImportedRecord => {
    const line = checkShape(questionLine, value, place.path, place.where);
    if (line.function.length === 0) throw recordWithoutTools(place.path, place.where);
    const calls = answers === null ? [] : answers.calls.get(line.id);
    if (calls === undefined) {
      throw recordInvalid(place.path, place.where, `no answer has id "${line.id}"`);
    }
    return {
      messages: line.question[0] ?? [],
      tools: line.function.map(({ name, description, parameters }) => ({
        name,
        description: description ?? "",
        parameters: requireParameters(name, readToolParameters(parameters), (problem) =>
          recordInvalid(place.path, place.where, problem),
        ),
      })),
      gold: { calls },
    };
  });
  const records = file.results;
  const own = checkKnownFile(file, records.length, QUESTIONS);
  return {
    source: file.path,
    records,
    files: [...own.files, ...(answers?.check.files ?? [])],
    warnings: [...own.warnings, ...(answers?.check.warnings ?? [])],
    notes: [],
  };
}

interface Answers {
  /** Gold calls by a question's id. */
  readonly calls: ReadonlyMap<string, readonly GoldCall[]>;
  readonly check: FileCheck;
}

async function readAnswers(path: string): Promise<Answers> {
  const answers = join(dirname(path), "possible_answer", basename(path));
  const file = await readRecords(answers, [], (value, place): [string, GoldCall[]] => {
    const line = checkShape(answerLine, value, place.path, place.where);
    const refuse: Refuse = (problem) => recordInvalid(place.path, place.where, problem);
    const calls = line.ground_truth.flatMap((call) =>
      Object.entries(call).map(([name, accepted]) => readAcceptedCall(name, accepted, refuse)),
    );
    return [line.id, calls];
  });
  const check = checkKnownFile(file, file.results.length, ANSWERS);
  return { calls: new Map(file.results), check };
}
