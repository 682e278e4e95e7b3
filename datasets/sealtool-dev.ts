import { z } from "zod";
import { readArgumentList } from "../domain/schemas/tool-parameters.js";
import { checkShape } from "./check-shape.js";
import { recordInvalid } from "./dataset-errors.js";
import { parsePythonLiteral } from "../domain/json/python-literal.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import type { RecordPlace } from "./read-records.js";
import { readRecords } from "./read-records.js";
import { requireParameters } from "./tool-parameters.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

/** The whole split; 200 of its records have one call. */
const KNOWN: KnownFile = {
  sha256: "24cf1bbe0719aed1780ca43553611535cc0e1e626529011d131e860d4222cca3",
  records: 700,
  title: "fairyshine/Seal-Tools Seal-Tools_Dataset/dataset_for_finetune/dev.json",
};

const conversation = z.object({
  id: z.string(),
  conversations: z.array(z.object({ from: z.string(), value: z.string() })).min(2),
});

const api = z.object({
  api_name: z.string().min(1),
  api_description: z.string(),
  parameters: z.record(z.string(), z.json()),
  required: z.array(z.string()).default([]),
});

const call = z.object({ api: z.string(), parameters: z.record(z.string(), z.json()) });

const PROMPT = /api_list = (\[[^]*\])\s*task_instruction = "([^]*)"\s*(?:Output:\s*)?$/;

/**
 * Reads the 200 single-call ("easy") records of Seal-Tools' dev split (`dataset_for_finetune/dev.json`), a training
 * split for icl and sft without any test record. The published prompt contains tools and request as Python text.
 */
export async function importSealtoolDev(folder: string): Promise<ImportedFile> {
  const name = "dataset_for_finetune/dev.json";
  const candidates = ["dev.json", name, `upstream/${name}`];
  const file = await readRecords(folder, candidates, (value, place) => {
    const { id, conversations } = checkShape(conversation, value, place.path, place.where);
    if (!id.includes("easy")) return [];
    const [human, answer] = conversations;
    return [readRecord(human?.value ?? "", answer?.value ?? "", place)];
  });
  const records = file.results.flat();
  const left = file.results.length - records.length;
  const notes = [`${left} records of several calls ("difficult") are left out`];
  return {
    source: file.path,
    records,
    ...checkKnownFile(file, file.results.length, [KNOWN]),
    notes,
  };
}

function readRecord(prompt: string, answer: string, { path, where }: RecordPlace): ImportedRecord {
  const match = PROMPT.exec(prompt);
  const apis = parsePythonLiteral(match?.[1] ?? "")?.value;
  const calls = parsePythonLiteral(answer)?.value;
  if (match === null || !Array.isArray(apis) || !Array.isArray(calls)) {
    throw recordInvalid(path, where, "api_list, task_instruction or the calls cannot be read");
  }
  const tools = (apis as readonly unknown[]).map((each) => checkShape(api, each, path, where));
  return {
    messages: [{ role: "user", content: match[2] ?? "" }],
    tools: tools.map(({ api_name, api_description, parameters, required }) => ({
      name: api_name,
      description: api_description,
      parameters: requireParameters(api_name, readArgumentList(parameters, required), (problem) =>
        recordInvalid(path, where, problem),
      ),
    })),
    gold: {
      calls: (calls as readonly unknown[]).map((each) => {
        const { api: name, parameters } = checkShape(call, each, path, where);
        return { name, arguments: parameters };
      }),
    },
  };
}
