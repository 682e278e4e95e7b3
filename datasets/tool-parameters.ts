import type { JsonObject } from "../domain/json/value.js";
import type { ToolParameters } from "../domain/schemas/tool-parameters.js";
import type { Refuse } from "./dataset-errors.js";

/** Returns the parameters of a record's tool. Throws the error from `refuse` if they cannot be read. */
export function requireParameters(name: string, read: ToolParameters, refuse: Refuse): JsonObject {
  if ("parameters" in read) return read.parameters;
  throw refuse(`the parameters of "${name}" ${read.problem}`);
}
