import { listOf, objectOf } from "../domain/json/fields.js";
import type { JsonObject, JsonValue } from "../domain/json/value.js";
import type { Tool } from "../domain/samples/sample.js";
import { renderJson } from "../domain/json/text.js";
import { cutText } from "../domain/text/cut-text.js";

/** Longest description shown, characters: real data has some of several hundred. */
const DESCRIPTION_LIMIT = 160;
/** Most enum values shown. */
const ENUM_LIMIT = 8;
/** Deepest nesting of objects and lists that is spelled out. */
const DEPTH_LIMIT = 3;

/** Short spellings of the type names that schemas and Python signatures use. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  str: "string",
  int: "integer",
  float: "number",
  bool: "boolean",
  dict: "object",
  list: "array",
};

/**
 * One line for one tool: `name(arg, other: type, optional?: a/b = a) - description`. A string is the
 * usual type and goes without saying; `?` marks what may be left out; `=` gives the default.
 */
export function renderSignature(tool: Tool): string {
  const description = shorten(tool.description);
  const head = `${tool.name}(${renderProperties(tool.parameters, 0)})`;
  return description === "" ? head : `${head} - ${description}`;
}

function renderProperties(schema: JsonObject, depth: number): string {
  const properties = objectOf(schema["properties"]);
  const required = new Set(listOf(schema["required"]));
  return Object.entries(properties)
    .map(([key, value]) => {
      const property = objectOf(value);
      const type = renderType(property, depth);
      const optional = required.has(key) || property["required"] === true ? "" : "?";
      const typeText = type === "string" || type === "" ? "" : `: ${type}`;
      const fallback = property["default"];
      const hasDefault = fallback !== undefined && fallback !== null && fallback !== "";
      const defaultText = hasDefault ? ` = ${renderScalar(fallback)}` : "";
      return `${key}${optional}${typeText}${defaultText}`;
    })
    .join(", ");
}

function renderType(schema: JsonObject, depth: number): string {
  const values = listOf(schema["enum"]);
  if (values.length > 0) {
    const shown = values.slice(0, ENUM_LIMIT).map(renderScalar);
    return [...shown, ...(values.length > ENUM_LIMIT ? ["..."] : [])].join("/");
  }
  const declared = schema["type"];
  const name =
    typeof declared === "string" ? declared : listOf(declared).map(renderScalar).join("/");
  const type = TYPE_NAMES[name] ?? name;
  if (type === "array" && depth < DEPTH_LIMIT) {
    const items = renderType(objectOf(schema["items"]), depth + 1);
    return items === "" ? "array" : `${items}[]`;
  }
  if (type === "object" && depth < DEPTH_LIMIT && schema["properties"] !== undefined) {
    return `{${renderProperties(schema, depth + 1)}}`;
  }
  return type;
}

function renderScalar(value: JsonValue): string {
  return typeof value === "string" ? value : renderJson(value);
}

/** First sentence or so, on one line. */
function shorten(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= DESCRIPTION_LIMIT) {
    return line;
  }
  const cut = cutText(line, DESCRIPTION_LIMIT);
  const space = cut.lastIndexOf(" ");
  return `${space > 0 ? cut.slice(0, space) : cut} ...`;
}
