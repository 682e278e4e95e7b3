import { z } from "zod";
import type { Message } from "../domain/samples/sample.js";
import { readArgumentList } from "../domain/schemas/tool-parameters.js";
import { checkShape } from "./check-shape.js";
import { recordInvalid, recordWithoutTools } from "./dataset-errors.js";
import type { RecordFile } from "./read-records.js";
import { readRecords } from "./read-records.js";
import { requireParameters } from "./tool-parameters.js";
import type { ImportedRecord } from "./types.js";

const jsonObject = z.record(z.string(), z.json());

const turn = z.object({ role: z.string(), content: z.string() });

const tool = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  required: z.array(z.string()).nullish(),
});

const answer = z
  .object({
    name: z.string().nullish(),
    tool: z.string().nullish(),
    arguments: jsonObject.nullish(),
    parameters: jsonObject.nullish(),
  })
  .refine((call) => (call.name ?? call.tool) != null, 'a call needs "name" or "tool"');

const record = z.object({
  query: z.union([z.string(), z.array(turn).min(1)]),
  tools: z.array(tool),
  answers: z.array(answer),
});

/**
 * Reads a list of `{query, tools, answers}` as MadeAgents/Hammer publishes its test sets: `query`
 * is text or a list of turns, tools list their arguments as `{argument: {type, description,
 * required?}}`, calls have `name` or `tool` and `arguments` or `parameters`.
 *
 * @param path - the file, or a folder with one of `candidates`
 * @param readTurn - converts a set's own roles to ours
 */
export function readHammerRecords(
  path: string,
  candidates: readonly string[],
  readTurn: (turn: { readonly role: string; readonly content: string }) => Message = asUserTurn,
): Promise<RecordFile<ImportedRecord>> {
  return readRecords(path, candidates, (value, place) => {
    const { query, tools, answers } = checkShape(record, value, place.path, place.where);
    if (tools.length === 0) throw recordWithoutTools(place.path, place.where);
    const turns = typeof query === "string" ? [{ role: "user", content: query }] : query;
    return {
      messages: turns.map(readTurn),
      tools: tools.map(({ name, description, parameters, required }) => ({
        name,
        description: description ?? "",
        parameters: requireParameters(
          name,
          readArgumentList(parameters ?? {}, required ?? []),
          (problem) => recordInvalid(place.path, place.where, problem),
        ),
      })),
      gold: {
        calls: answers.map((call) => ({
          name: call.name ?? call.tool ?? "",
          arguments: call.arguments ?? call.parameters ?? {},
        })),
      },
    };
  });
}

function asUserTurn(given: { readonly content: string }): Message {
  return { role: "user", content: given.content };
}
