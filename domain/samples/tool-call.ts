import type { JsonObject } from "../json/value.js";

/** One call of one tool. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
}
