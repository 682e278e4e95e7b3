import { z } from "zod";
import { isObject, parseJson } from "../domain/json/scan.js";
import { normaliseSchema } from "../domain/json/schema.js";
import type { JsonObject } from "../domain/json/value.js";
import type { Message, Tool } from "../domain/samples/sample.js";
import type { ToolCall } from "../domain/samples/tool-call.js";
import { renderCalls } from "./history.js";
import { checkShape } from "./check-shape.js";
import { fileMissing, recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import { checkKnownFile } from "./known-files.js";
import { readDataFile, readJsonLines } from "./read-file.js";
import type { ImportedFile, ImportedRecord } from "./types.js";

const jsonObject = z.record(z.string(), z.json());

const toolCall = z.object({
  function: z.object({
    name: z.string(),
    arguments: z.union([z.string(), jsonObject]).default("{}"),
  }),
});

const textPart = z.object({ type: z.literal("text"), text: z.string() });

const message = z.object({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.union([z.string(), z.array(textPart)]).nullish(),
  tool_calls: z.array(toolCall).nullish(),
});

const tool = z.object({
  function: z.object({
    name: z.string().min(1),
    description: z.string().default(""),
    parameters: jsonObject.nullish(),
  }),
});

const accepted = z.record(z.string(), z.array(z.json()));

const line = z.object({
  messages: z.array(message).min(2),
  tools: z.array(tool).nullish(),
  accepted: z.array(accepted.nullable()).nullish(),
});

/**
 * Reads JSON lines in OpenAI's tool format, `{"messages": [...], "tools": [...]}`; other fields are
 * ignored. Gold is the last message, an assistant's: its `tool_calls`, or no call where it has text
 * only. It is taken out of the sample. Earlier tool calls become text in the answer's own notation.
 * `accepted`, where given, lists for each gold call all values that count, per argument; `""` among them: may be left
 * out.
 *
 * Throws DATASET_FILE_MISSING, DATASET_EMPTY, DATA_LINE_INVALID or SAMPLE_WITHOUT_TOOLS, the last
 * two with the file, the 1-based line number and what is wrong.
 */
export async function importOpenaiJsonl(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format openai-jsonl (no path given)");
  const file = await readDataFile(path);
  const records = readJsonLines(file).map(({ number, value }) =>
    readRecord(value, file.path, `line ${number}`),
  );
  return { source: file.path, records, ...checkKnownFile(file, records.length, []), notes: [] };
}

function readRecord(value: unknown, path: string, where: string): ImportedRecord {
  const { messages, tools, accepted: alternatives } = checkShape(line, value, path, where);
  if (tools == null || tools.length === 0) throw recordWithoutTools(path, where);
  const goldMessage = messages[messages.length - 1];
  if (goldMessage?.role !== "assistant") {
    throw recordInvalid(
      path,
      where,
      'the last of "messages" must be the assistant\'s right answer',
    );
  }
  const history = messages.slice(0, -1);
  const lastRole = history[history.length - 1]?.role;
  if (lastRole !== "user" && lastRole !== "tool") {
    throw recordInvalid(
      path,
      where,
      "the message before the right answer must be a user's or a tool's",
    );
  }
  return {
    messages: history.map((each) => readMessage(each, path, where)),
    tools: tools.map(({ function: each }): Tool => ({
      name: each.name,
      description: each.description,
      parameters: readParameters(each.parameters ?? {}),
    })),
    gold: {
      calls: readCalls(goldMessage, path, where).map((call, index) => {
        const values = alternatives?.[index];
        return values == null ? call : { ...call, accepted: values };
      }),
    },
  };
}

function readMessage(given: z.infer<typeof message>, path: string, where: string): Message {
  const calls = readCalls(given, path, where);
  const text = textOf(given.content);
  if (calls.length === 0) return { role: given.role, content: text };
  return { role: given.role, content: [text, renderCalls(calls)].filter(Boolean).join("\n") };
}

function textOf(content: z.infer<typeof message>["content"]): string {
  if (content == null) return "";
  return typeof content === "string" ? content : content.map((part) => part.text).join("");
}

function readCalls(given: z.infer<typeof message>, path: string, where: string): ToolCall[] {
  return (given.tool_calls ?? []).map(({ function: call }) => {
    if (typeof call.arguments !== "string") return { name: call.name, arguments: call.arguments };
    const parsed = parseJson(call.arguments);
    if (parsed === null || !isObject(parsed.value)) {
      throw recordInvalid(path, where, `the arguments of "${call.name}" are not a JSON object`);
    }
    return { name: call.name, arguments: parsed.value as JsonObject };
  });
}

/** A tool without parameters, or with a bare `{}`, takes none. */
function readParameters(parameters: JsonObject): JsonObject {
  return { type: "object", properties: {}, ...normaliseSchema(parameters) };
}
