import type { Tool } from "../samples/sample.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { AnswerSchemaOptions } from "./answer-schema.js";
import type { AnswerGrammar } from "./grammar.js";

/**
 * How a model writes calls as text (docs/method.md, section 5a). The format belongs to the model: training on a
 * different format can make answers unreadable. Prompt, grammar, H's opening and training target come from one
 * record; one parser reads every format.
 */
export interface AnswerFormat {
  readonly name: string;
  /** Cell of the table of formats: how the calls are written, and which models write them so. */
  readonly summary: string;
  /** The answer's text before the first name. */
  readonly opening: string;
  /** The character right after a name, printable ASCII. */
  readonly nameClosing: string;
  /** Texts for prompts. */
  readonly guide: FormatGuide;
  /** The canonical answer: training target and in-context example. */
  render(calls: readonly ToolCall[]): string;
  /** Builds the grammar of a constrained answer. Throws the errors of `answerSchema`. */
  grammar(tools: readonly Tool[], options?: AnswerSchemaOptions): AnswerGrammar;
}

/** How prompts explain a format. */
export interface FormatGuide {
  /** Content of an answer, e.g. `One JSON list of calls`. */
  readonly what: string;
  /** How several calls are written, as a sentence without its period. */
  readonly several: string;
}

/** Placeholders of the example call that prompts show. */
export const EXAMPLE_CALL: ToolCall = {
  name: "function_name",
  arguments: { argument: "value" },
};

/** The answer without calls in formats that have no empty list. */
export const NO_CALL = "None of the functions fits.";
