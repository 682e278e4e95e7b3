import type { JsonObject } from "../json/value.js";
import { renderJson } from "../json/text.js";
import type { Tool } from "../samples/sample.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { AnswerFormat, FormatGuide } from "./answer-format.js";
import { NO_CALL } from "./answer-format.js";
import type { AnswerSchemaOptions } from "./answer-schema.js";
import { answerSchema, callSchemas } from "./answer-schema.js";
import type { AnswerGrammar } from "./grammar.js";

/** Parameters of a format that writes all calls in one JSON list. */
interface ListFormat {
  readonly name: string;
  readonly summary: string;
  readonly begin: string;
  readonly end: string;
  readonly guide: FormatGuide;
}

/** A format with one JSON list of `{"name", "arguments"}`, between two fixed texts. */
export function listFormat({ name, summary, begin, end, guide }: ListFormat): AnswerFormat {
  return {
    name,
    summary,
    guide,
    opening: `${begin}[{"name": "`,
    nameClosing: '"',
    render: (calls) => `${begin}${renderJson(calls.map((call) => toJson(call)))}${end}`,
    grammar(tools, options) {
      const content = { type: "json_schema", json_schema: answerSchema(tools, options) } as const;
      return begin === "" && end === "" ? content : { type: "tag", begin, content, end };
    },
  };
}

/** Parameters of a format that writes each call as a separate object. */
interface ObjectFormat extends ListFormat {
  readonly argumentsKey: "arguments" | "parameters";
  /** Text between two calls. */
  readonly separator: string;
}

/** Maximum calls in a constrained answer: the grammar needs one rule per number of blocks. */
const MAX_CONSTRAINED_CALLS = 4;

/** A format with one JSON object per call, each between two fixed texts. */
export function objectFormat(format: ObjectFormat): AnswerFormat {
  const { name, summary, begin, end, guide, argumentsKey, separator } = format;
  return {
    name,
    summary,
    guide,
    opening: `${begin}{"name": "`,
    nameClosing: '"',
    render(calls) {
      if (calls.length === 0) return NO_CALL;
      return calls
        .map((call) => `${begin}${renderJson(toJson(call, argumentsKey))}${end}`)
        .join(separator);
    },
    grammar: (tools, options) => repeatedBlocks(tools, options ?? {}, format),
  };
}

function repeatedBlocks(
  tools: readonly Tool[],
  options: AnswerSchemaOptions,
  { begin, end, separator, argumentsKey }: ObjectFormat,
): AnswerGrammar {
  const { first, other } = callSchemas(tools, options, argumentsKey);
  const block = (schema: JsonObject): AnswerGrammar => ({
    type: "tag",
    begin,
    content: { type: "json_schema", json_schema: schema },
    end,
  });
  const { calls = "any", forcedName } = options;
  if (calls === "one") return block(first);
  let rest: AnswerGrammar = text("");
  for (let left = MAX_CONSTRAINED_CALLS - 1; left > 0; left -= 1) {
    rest = either(text(""), sequence(text(separator), block(other), rest));
  }
  const some = sequence(block(first), rest);
  return calls === "any" && forcedName === undefined ? either(some, text(NO_CALL)) : some;
}

function text(value: string): AnswerGrammar {
  return { type: "const_string", value };
}

function sequence(...elements: readonly AnswerGrammar[]): AnswerGrammar {
  return { type: "sequence", elements };
}

function either(...elements: readonly AnswerGrammar[]): AnswerGrammar {
  return { type: "or", elements };
}

function toJson(call: ToolCall, argumentsKey = "arguments"): JsonObject {
  return { name: call.name, [argumentsKey]: call.arguments };
}
