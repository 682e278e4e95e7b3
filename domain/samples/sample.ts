import type { JsonObject, JsonValue } from "../json/value.js";
import type { ToolCall } from "./tool-call.js";

/** One turn of a conversation, in OpenAI's chat shape reduced to text. */
export interface Message {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
}

/** A tool that the model may call (a candidate). `parameters` is a JSON Schema of type "object". */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

/**
 * One test input: a query or conversation and its candidate tools. Gold is kept separately
 * (`GoldSample`), so that code that handles a sample cannot see the answer.
 */
export interface Sample {
  /** `<row>-<hash8>`: position in the source plus the first 8 hex digits of the content hash. */
  readonly key: string;
  readonly dataset: string;
  /** Zero-based record number in the source file. */
  readonly row: number;
  /** The conversation; the last message is the user's. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
}

/** One gold call. `accepted` lists, per argument, every accepted value; `""` means that the argument may be omitted. */
export interface GoldCall extends ToolCall {
  readonly accepted?: Readonly<Record<string, readonly JsonValue[]>>;
}

/** The gold of one sample; an empty list means that the right answer is no call. */
export interface Gold {
  readonly calls: readonly GoldCall[];
}

/** A sample with its gold, as importers produce it. */
export interface GoldSample {
  readonly sample: Sample;
  readonly gold: Gold;
}
