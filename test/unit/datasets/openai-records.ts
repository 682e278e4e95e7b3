import { importOpenaiJsonl } from "../../../datasets/openai-jsonl.js";
import { temporaryFile } from "./temporary-file.js";

export const user = { role: "user", content: "What time is it in Rome?" };

export const answer = {
  role: "assistant",
  content: null,
  tool_calls: [
    { id: "1", type: "function", function: { name: "now", arguments: '{"city": "Rome"}' } },
  ],
};

export const now = {
  type: "function",
  function: {
    name: "now",
    description: "Current time",
    parameters: { type: "object", properties: { city: { type: "str" } }, required: ["city"] },
  },
};

/** A record that can be read, with one right call. */
export const good = { messages: [user, answer], tools: [now], note: "other fields are ignored" };

/** Imports lines of text. */
export const importText = (text: string) => {
  const path = temporaryFile("data.jsonl", text);
  return { path, result: importOpenaiJsonl(path) };
};

/** Imports one record. */
export const importRecord = (record: unknown) => importText(JSON.stringify(record));

/** The record as read. */
export const readOne = async (record: unknown) => {
  const [first] = (await importRecord(record).result).records;
  if (first === undefined) throw new Error("no record");
  return first;
};
