import { listOf } from "../json/fields.js";
import { isObject } from "../json/scan.js";
import type { JsonObject, JsonValue } from "../json/value.js";
import { meetOptions } from "./meet-options.js";
import { readOwnOptions } from "./own-options.js";
import { resolveReference } from "./resolve-reference.js";
import type { Shape, SchemaPlace, ShapeOption } from "./shape.js";

/** Maximum nesting of a definition inside itself; deeper, any value is legal. */
const MAX_NESTED = 3;

/** Maximum schemas to visit for one level; a schema that needs more is treated as allowing any value. */
const MAX_STEPS = 1000;

const ANY: ShapeOption = { kind: "any" };

/** Remaining steps of `MAX_STEPS`. */
interface Budget {
  steps: number;
}

/**
 * Reads one level of a schema into its normal form. Never throws: an unresolvable reference, a
 * contradiction and anything that is not a schema allow any value.
 *
 * @param place - undefined if nothing is known about the value
 */
export function readShape(place: SchemaPlace | undefined): Shape {
  if (place === undefined) return { options: [ANY], isNullable: false };
  const found = readOptions(place, [], { steps: MAX_STEPS });
  const isNullable = found.some(allowsNull);
  const options = found.length === 0 || found.some(isAny) ? [ANY] : unite(found);
  const fallback = readDefault(place, [], { steps: MAX_STEPS });
  return { options, isNullable, ...(fallback === undefined ? {} : { fallback }) };
}

/** The place of a standalone schema. */
export function placeOf(schema: JsonObject): SchemaPlace {
  return { schema, root: schema, trail: [] };
}

/**
 * Reads the options of a schema; empty if it only refers to itself (`active`: the references being
 * followed) or contradicts itself.
 */
function readOptions(
  place: SchemaPlace,
  active: readonly string[],
  budget: Budget,
): readonly ShapeOption[] {
  const { schema } = place;
  budget.steps -= 1;
  if (!isObject(schema) || budget.steps < 0) return [ANY];
  const own = readOwnOptions(schema, place);
  const reference = schema["$ref"];
  const read = (part: JsonValue): readonly ShapeOption[] =>
    readOptions({ ...place, schema: part }, active, budget);
  const alternatives = [schema["anyOf"], schema["oneOf"]]
    .map((list) => listOf(list).filter((part) => part !== null))
    .filter((list) => list.length > 0);
  const parts = [
    ...(own === null ? [] : [own]),
    ...(typeof reference === "string" ? [follow(reference, place, active, budget)] : []),
    ...listOf(schema["allOf"]).map(read),
    ...alternatives.map((list) => list.flatMap(read)),
  ];
  if (parts.length === 0) return [ANY];
  const said = parts.filter((part) => part.length > 0);
  const met = said.length === 0 ? [] : said.reduce(meetOptions);
  const addsNull = schema["nullable"] === true && !met.some(allowsNull);
  return addsNull ? [...met, { kind: "null" }] : met;
}

function follow(
  reference: string,
  { root, trail }: SchemaPlace,
  active: readonly string[],
  budget: Budget,
): readonly ShapeOption[] {
  if (active.includes(reference)) return [];
  const schema = resolveReference(root, reference);
  const isTooDeep = trail.filter((each) => each === reference).length >= MAX_NESTED;
  if (schema === undefined || isTooDeep) return [ANY];
  const place = { schema, root, trail: [...trail, reference] };
  return readOptions(place, [...active, reference], budget);
}

/** The first default found: the schema's own, that of its `$ref`, or that of its `allOf`. */
function readDefault(
  { schema, root, trail }: SchemaPlace,
  active: readonly string[],
  budget: Budget,
): JsonValue | undefined {
  budget.steps -= 1;
  if (!isObject(schema) || budget.steps < 0) return undefined;
  const own = schema["default"];
  if (own !== undefined && own !== null && own !== "") return own;
  const reference = schema["$ref"];
  if (typeof reference === "string" && !active.includes(reference)) {
    const target = { schema: resolveReference(root, reference), root, trail };
    const found = readDefault(target, [...active, reference], budget);
    if (found !== undefined) return found;
  }
  for (const part of listOf(schema["allOf"])) {
    const found = readDefault({ schema: part, root, trail }, active, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Removes repeated scalar kinds and merges all enumerated values into one option. */
function unite(options: readonly ShapeOption[]): ShapeOption[] {
  const values = options.filter((option) => option.kind === "values");
  const all: ShapeOption = {
    kind: "values",
    values: values.flatMap((option) => option.values),
    types: [...new Set(values.flatMap((option) => option.types))],
  };
  const seen = new Set<string>();
  return options.flatMap((option): ShapeOption[] => {
    if (option.kind === "array" || option.kind === "object") return [option];
    if (seen.has(option.kind)) return [];
    seen.add(option.kind);
    return [option.kind === "values" ? all : option];
  });
}

function isAny(option: ShapeOption): boolean {
  return option.kind === "any";
}

function allowsNull(option: ShapeOption): boolean {
  return option.kind === "null" || (option.kind === "values" && option.values.includes(null));
}
