import { normaliseSchema } from "../domain/json/schema.js";
import type { Tool } from "../domain/samples/sample.js";
import type { Refuse } from "./dataset-errors.js";
import type { GivenRecord, GivenTool } from "./openai-shapes.js";
import { parseObject } from "./parse-object.js";

/** A record's tools: those under `tools`, then those of `functions`, OpenAI's older form, that are others. */
export function readTools({ tools, functions }: GivenRecord, refuse: Refuse): Tool[] {
  const listed = (tools ?? []).map((each) => readTool(each.function, refuse));
  const older = (functions ?? []).map((each) => readTool(each.function, refuse));
  return [...listed, ...older.filter(({ name }) => !listed.some((tool) => tool.name === name))];
}

/** A tool without parameters, or with a bare `{}`, takes none. */
function readTool(
  { name, description, parameters, input_schema }: GivenTool,
  refuse: Refuse,
): Tool {
  const given = parameters ?? input_schema ?? {};
  const schema =
    typeof given === "string" ? parseObject(given, `the parameters of "${name}"`, refuse) : given;
  return {
    name,
    description: description ?? "",
    parameters: { type: "object", properties: {}, ...normaliseSchema(schema) },
  };
}
