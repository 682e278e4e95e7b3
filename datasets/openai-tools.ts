import type { Tool } from "../domain/samples/sample.js";
import { readToolParameters } from "../domain/schemas/tool-parameters.js";
import type { Refuse } from "./dataset-errors.js";
import type { GivenRecord, GivenTool } from "./openai-shapes.js";
import { parseObject } from "./parse-object.js";
import { requireParameters } from "./tool-parameters.js";

/** Reads a record's tools: those in `tools`, then any others in `functions`, OpenAI's older form. */
export function readTools(
  { tools, functions }: Pick<GivenRecord, "tools" | "functions">,
  refuse: Refuse,
): Tool[] {
  const listed = (tools ?? []).map((each) => readTool(each.function, refuse));
  const older = (functions ?? []).map((each) => readTool(each.function, refuse));
  return [...listed, ...older.filter(({ name }) => !listed.some((tool) => tool.name === name))];
}

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
    parameters: requireParameters(name, readToolParameters(schema), refuse),
  };
}
