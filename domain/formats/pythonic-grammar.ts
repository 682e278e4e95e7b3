import { listOf, objectOf } from "../json/fields.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import { renderPythonLiteral } from "../json/python-literal.js";

/** Calls allowed in a constrained Python list, as schemas from `callSchemas`. */
interface PythonicCalls {
  readonly first: readonly JsonObject[];
  /** Schemas of each further call; null if there is none. */
  readonly other: readonly JsonObject[] | null;
  readonly mayBeEmpty: boolean;
}

const LITERALS = `
string ::= "\\"" character* "\\""
character ::= [^"\\\\\\x00-\\x1f] | "\\\\" ["\\\\/bfnrt] | "\\\\u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F]
integer ::= "-"? ("0" | [1-9] [0-9]*)
number ::= integer ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
boolean ::= "True" | "False"
null ::= "None"
array ::= "[]" | "[" any (", " any)* "]"
object ::= "{}" | "{" string ": " any (", " string ": " any)* "}"
any ::= string | number | boolean | null | array | object
`;

/** Builds an EBNF grammar of Python lists of calls, in the spelling of `pythonicFormat.render`. */
export function pythonicGrammar({ first, other, mayBeEmpty }: PythonicCalls): string {
  const rules = new Rules();
  const call = (schemas: readonly JsonObject[]): string =>
    choice(schemas.map((each) => rules.call(each)));
  const more = other === null ? "" : ` (", " ${rules.add(call(other))})*`;
  const some = `"[" ${rules.add(call(first))}${more} "]"`;
  const root = mayBeEmpty ? `${some} | "[]"` : some;
  return `root ::= ${root}\n${rules.text}${LITERALS}`;
}

/** Rules with numbered names. */
class Rules {
  readonly #bodies: string[] = [];

  get text(): string {
    return this.#bodies.map((body, index) => `rule${index} ::= ${body}\n`).join("");
  }

  /** Adds a rule and returns its name. */
  add(body: string): string {
    this.#bodies.push(body);
    return `rule${this.#bodies.length - 1}`;
  }

  /** `name(required=..., optional=...)`, arguments in the schema's order. */
  call(schema: JsonObject): string {
    const properties = objectOf(schema["properties"]);
    const name = objectOf(properties["name"])["const"];
    const given = objectOf(properties["arguments"]);
    const required = listOf(given["required"]);
    const members = Object.entries(objectOf(given["properties"]))
      .filter(([key]) => /^[A-Za-z_]\w*$/.test(key))
      .map(([key, member]) => ({
        text: `${quote(`${key}=`)} ${this.value(objectOf(member))}`,
        needed: required.includes(key),
      }));
    // From the last argument backward: what may follow an argument, and what may come first.
    let after = '""';
    let begin = '""';
    for (const { text, needed } of members.reverse()) {
      const rest = this.add(after);
      const written = `", " ${text} ${rest}`;
      begin = needed ? `${text} ${rest}` : `${text} ${rest} | ${begin}`;
      after = needed ? written : `${written} | ${after}`;
    }
    return `${quote(`${typeof name === "string" ? name : ""}(`)} ${this.add(begin)} ")"`;
  }

  /** A value of a schema that `answerSchema` has reduced to its shape. */
  value(schema: JsonObject): string {
    if (schema["const"] !== undefined) return quote(renderPythonLiteral(schema["const"]));
    const values = listOf(schema["enum"]);
    if (values.length > 0)
      return `(${choice(values.map((value) => quote(renderPythonLiteral(value))))})`;
    const alternatives = listOf(schema["anyOf"]);
    if (alternatives.length > 0) {
      return `(${choice(alternatives.map((each) => this.value(objectOf(each))))})`;
    }
    const type = schema["type"];
    if (type === "array" && schema["items"] !== undefined) {
      const item = this.add(this.value(objectOf(schema["items"])));
      return `("[]" | "[" ${item} (", " ${item})* "]")`;
    }
    return isLiteralName(type) ? type : "any";
  }
}

function isLiteralName(type: JsonValue | undefined): type is string {
  return (
    typeof type === "string" &&
    ["string", "integer", "number", "boolean", "null", "array", "object"].includes(type)
  );
}

function choice(options: readonly string[]): string {
  return options.join(" | ");
}

/** Text as an EBNF string. */
function quote(text: string): string {
  return JSON.stringify(text);
}
