import { listOf, objectOf } from "../json/fields.js";
import type { JsonObject } from "../json/value.js";
import { renderPythonLiteral } from "../json/python-literal.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { AnswerFormat } from "./answer-format.js";
import { callSchemas } from "./answer-schema.js";
import { pythonicGrammar } from "./pythonic-grammar.js";

/**
 * `[f(a="x", b=1), g()]`: a Python list of calls with keyword arguments. It omits arguments whose name is not a valid
 * Python name.
 */
export const pythonicFormat: AnswerFormat = {
  name: "pythonic",
  summary: "a Python list of calls: Llama 3.2 and 4, NexusRaven, Gorilla",
  opening: "[",
  nameClosing: "(",
  guide: {
    what: "One Python list of calls with keyword arguments",
    several: "Several calls stand in the same list",
  },
  render: (calls) => `[${calls.map(renderCall).join(", ")}]`,
  grammar(tools, options = {}) {
    const { first, other } = callSchemas(tools, options);
    const { calls = "any", forcedName } = options;
    return {
      type: "grammar",
      grammar: pythonicGrammar({
        first: alternativesOf(first),
        other: calls === "one" ? null : alternativesOf(other),
        mayBeEmpty: calls === "any" && forcedName === undefined,
      }),
    };
  },
};

function alternativesOf(schema: JsonObject): JsonObject[] {
  const alternatives = listOf(schema["anyOf"]);
  return alternatives.length > 0 ? alternatives.map((each) => objectOf(each)) : [schema];
}

/** A Python name, as required for keyword arguments. */
const PYTHON_NAME = /^[A-Za-z_]\w*$/;

function renderCall({ name, arguments: given }: ToolCall): string {
  const written = Object.entries(given)
    .filter(([key]) => PYTHON_NAME.test(key))
    .map(([key, value]) => `${key}=${renderPythonLiteral(value)}`);
  return `${name}(${written.join(", ")})`;
}
