import type { JsonValue } from "../domain/json/value.js";
import type { Tool } from "../domain/samples/sample.js";
import { renderJson } from "../domain/json/text.js";
import { mayBeLeftOut } from "../domain/schemas/inside.js";
import type { Parameters } from "../domain/schemas/read-parameters.js";
import { readParameters } from "../domain/schemas/read-parameters.js";
import { readShape } from "../domain/schemas/read-shape.js";
import type { Member, SchemaPlace, ShapeOption } from "../domain/schemas/shape.js";
import { cutText } from "../domain/text/cut-text.js";

/** Maximum characters of a description; real data has some with several hundred. */
const DESCRIPTION_LIMIT = 160;
/** Maximum enum values shown. */
const ENUM_LIMIT = 8;
/** Maximum nesting of objects and lists that is written out. */
const DEPTH_LIMIT = 3;

/**
 * One line for one tool: `name(arg, other: type, optional?: a/b = a) - description`. A string is the
 * default type and is not shown; `?` marks optional arguments; `=` gives the default; `...` stands for
 * arguments with any name.
 */
export function renderSignature(tool: Tool): string {
  const description = shorten(tool.description);
  const head = `${tool.name}(${renderMembers(readParameters(tool.parameters), 0)})`;
  return description === "" ? head : `${head} - ${description}`;
}

function renderMembers({ members, rest }: Parameters, depth: number): string {
  const named = members.map((member) => renderMember(member, depth));
  const further = rest === null ? [] : [`...${typeSuffix(renderType(rest, depth))}`];
  return [...named, ...further].join(", ");
}

function renderMember(member: Member, depth: number): string {
  const { fallback } = readShape(member.place);
  const optional = mayBeLeftOut(member) ? "?" : "";
  const defaultText = fallback === undefined ? "" : ` = ${renderScalar(fallback)}`;
  return `${member.name}${optional}${typeSuffix(renderType(member.place, depth))}${defaultText}`;
}

function typeSuffix(type: string): string {
  return type === "string" || type === "" ? "" : `: ${type}`;
}

/** The legal kinds of value, separated by `/`; null is not shown, and `""` means any. */
function renderType(place: SchemaPlace, depth: number): string {
  const { options } = readShape(place);
  const given = options.filter(({ kind }) => kind !== "null");
  return given.length === 0 ? "null" : given.map((option) => renderOption(option, depth)).join("/");
}

function renderOption(option: ShapeOption, depth: number): string {
  switch (option.kind) {
    case "any":
      return "";
    case "values":
      return renderValues(option.values);
    case "array":
      return option.items !== null && depth < DEPTH_LIMIT
        ? renderList(option.items, depth + 1)
        : "array";
    case "object": {
      const isPlain = option.members.length === 0 && option.rest?.schema === true;
      const isListed = option.isListed || option.rest !== null;
      const isSpelled = isListed && !isPlain && !repeats(option);
      return isSpelled && depth < DEPTH_LIMIT ? `{${renderMembers(option, depth + 1)}}` : "object";
    }
    default:
      return option.kind;
  }
}

/** Whether an object is nested in itself; it is written out only once. */
function repeats({ members }: Parameters): boolean {
  return members.some(({ place: { trail } }) => new Set(trail).size < trail.length);
}

function renderList(place: SchemaPlace, depth: number): string {
  const items = renderType(place, depth);
  if (items === "") return "array";
  const isUnion = readShape(place).options.filter(({ kind }) => kind !== "null").length > 1;
  return isUnion ? `(${items})[]` : `${items}[]`;
}

function renderValues(values: readonly JsonValue[]): string {
  const given = values.filter((value) => value !== null);
  const shown = given.slice(0, ENUM_LIMIT).map(renderScalar);
  return [...shown, ...(given.length > ENUM_LIMIT ? ["..."] : [])].join("/") || "null";
}

function renderScalar(value: JsonValue): string {
  return typeof value === "string" ? value : renderJson(value);
}

/** About the first sentence, on one line. */
function shorten(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= DESCRIPTION_LIMIT) {
    return line;
  }
  const cut = cutText(line, DESCRIPTION_LIMIT);
  const space = cut.lastIndexOf(" ");
  return `${space > 0 ? cut.slice(0, space) : cut} ...`;
}
