import { schemaFromArguments } from "../domain/json/schema.js";
import type { JsonObject } from "../domain/json/value.js";
import type { Tool } from "../domain/samples/sample.js";

/** The line before a docstring's list of arguments; one of VirusTotal's has a sentence there. */
const HEAD = /^(?:(?:Args|Parameters):?|Here are some useful descriptions of the arguments.*)$/m;

/** `- name: type, required, text`, or with a comma after the name, or without "required". */
const DASHED = /^-\s*([\w-]+)[:,]\s*(\w+),\s*(?:(required|optional),\s*)?(.*)$/;
/** `name (type): text`, `name (type, required): text`, `name (type) required: text`. */
const BRACKETED = /^([\w-]+) \((\w+)([^)]*)\)( required)?:\s*(.*)$/;
/** The prefix that ToolAlpaca repeats before an argument's text: "Required. string. ". */
const REPEATED = /^(?:Required\. )?(?:string|integer|number|boolean|object|array)\.\s+(?=\S)/;

/**
 * Builds a tool from a Python function's name and docstring. The text before "Args:" or "Parameters:" is
 * its description; each later line in one of three notations is an argument.
 */
export function toolFromDocstring(name: string, docstring: string): Tool {
  // The publisher removes braces too.
  const text = dedent(docstring).replace(/[{}]/g, "");
  const head = HEAD.exec(text);
  const description = text.slice(0, head?.index ?? text.length);
  const list = head === null ? "" : text.slice(head.index + head[0].length);
  const entries = list.split("\n").flatMap((line) => {
    const entry = readArgument(line.trim());
    return entry === null ? [] : [entry];
  });
  const parameters = schemaFromArguments(Object.fromEntries(entries));
  return { name, description: description.trim(), parameters };
}

function readArgument(line: string): [string, JsonObject] | null {
  const dashed = DASHED.exec(line);
  if (dashed !== null) {
    const [, name = "", type = "", need = "", text = ""] = dashed;
    return toEntry(name, type, need !== "optional", text);
  }
  const bracketed = BRACKETED.exec(line);
  if (bracketed === null) return null;
  const [, name = "", type = "", more = "", after, text = ""] = bracketed;
  const isRequired = after !== undefined || /\brequired\b/.test(more);
  return toEntry(name, type, isRequired, after === undefined ? text : text.replace(REPEATED, ""));
}

/** Removes the indentation that all lines except the first share. */
function dedent(docstring: string): string {
  const lines = docstring.split("\n");
  const margins = lines.slice(1).flatMap((line) => (line.trim() === "" ? [] : line.search(/\S/)));
  const margin = Math.min(...margins);
  return lines.map((line, index) => (index === 0 ? line : line.slice(margin))).join("\n");
}

/** Replaces hyphens, which are legal in a web API's argument but not in Python. */
function toEntry(
  name: string,
  type: string,
  required: boolean,
  description: string,
): [string, JsonObject] {
  const plainType = type === "json" ? "dict" : type.replace(/\d+$/, "");
  return [
    name.replaceAll("-", "_"),
    { type: plainType, description: description.trim(), required },
  ];
}
