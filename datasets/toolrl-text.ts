import { describeUnusable, findUnusable } from "../domain/json/find-unusable.js";
import { isObject, parseJson } from "../domain/json/scan.js";
import type { JsonValue } from "../domain/json/value.js";
import { isReadable, parseAnswer } from "../domain/formats/parse-answer.js";
import type { Message, Tool } from "../domain/samples/sample.js";
import { readArgumentList } from "../domain/schemas/tool-parameters.js";
import { recordInvalid } from "./dataset-errors.js";
import { renderCalls } from "./history.js";
import { parsePythonLiteral } from "../domain/json/python-literal.js";
import { requireParameters } from "./tool-parameters.js";

const TOOL = /^\d+\. Name: (.+)\nDescription: ([^]*?)\nParameters: (.+)$/gm;
const TURN = /<(user|response|tool_call|obs)>([^]*?)<\/\1>/g;

/** Reads the numbered tools of a ToolRL prompt; parameters are JSON or a Python dict. Throws DATA_LINE_INVALID. */
export function readToolrlTools(prompt: string, path: string, where: string): Tool[] {
  const tools = [...prompt.matchAll(TOOL)].map(
    ([, name = "", description = "", text = ""]): Tool => {
      const json = parseJson(text)?.value as JsonValue | undefined;
      const parameters = json ?? parsePythonLiteral(text)?.value;
      if (!isObject(parameters)) {
        throw recordInvalid(path, where, `the parameters of "${name}" are neither JSON nor a dict`);
      }
      const unusable = findUnusable(parameters);
      if (unusable !== null) {
        const problem = describeUnusable(unusable);
        throw recordInvalid(path, where, `the parameters of "${name}": ${problem}`);
      }
      const read = requireParameters(name, readArgumentList(parameters), (problem) =>
        recordInvalid(path, where, problem),
      );
      return { name, description, parameters: read };
    },
  );
  if (tools.length === 0) throw recordInvalid(path, where, "no tools found");
  return tools;
}

/** Reads the turns of ToolRL's tagged dialogue text; reasoning is not a turn. */
export function readToolrlTurns(dialogue: string): Message[] {
  return [...dialogue.matchAll(TURN)].map(([, tag = "", text = ""]) => readTurn(tag, text));
}

function readTurn(tag: string, text: string): Message {
  const content = text.trim();
  if (tag === "user") return { role: "user", content };
  if (tag === "obs") return { role: "tool", content };
  const calls = tag === "tool_call" ? parseAnswer(content) : null;
  const isCall = calls !== null && isReadable(calls);
  return { role: "assistant", content: isCall ? renderCalls(calls.calls) : content };
}
