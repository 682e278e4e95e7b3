import type { JsonObject } from "./json.js";

/** One call of one tool. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
}
