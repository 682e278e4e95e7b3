import { equalJson } from "../json/equal.js";
import type { SchemaType } from "../json/schema.js";
import type { JsonValue } from "../json/value.js";
import { jsonTypeOf } from "./json-type.js";
import type { Member, ObjectOption, SchemaPlace, ShapeOption } from "./shape.js";

/** Maximum pairs of options to compare; beyond that, the schema is treated as allowing any value. */
const MAX_PAIRS = 1000;

/** Intersects two lists of options (`allOf`); empty if they contradict. */
export function meetOptions(
  left: readonly ShapeOption[],
  right: readonly ShapeOption[],
): ShapeOption[] {
  if (left.length * right.length > MAX_PAIRS) return [{ kind: "any" }];
  return left.flatMap((one) => right.flatMap((other) => meet(one, other) ?? []));
}

function meet(left: ShapeOption, right: ShapeOption): ShapeOption | null {
  if (left.kind === "any") return right;
  if (right.kind === "any") return left;
  if (left.kind === "values") return keepValues(left, right);
  if (right.kind === "values") return keepValues(right, left);
  if (left.kind === "array" && right.kind === "array") {
    return { kind: "array", items: meetPlaces(left.items, right.items) };
  }
  if (left.kind === "object" && right.kind === "object") return meetObjects(left, right);
  if (left.kind === right.kind) return left;
  if (left.kind === "integer" && right.kind === "number") return left;
  return left.kind === "number" && right.kind === "integer" ? right : null;
}

function keepValues(
  { values, types }: Extract<ShapeOption, { kind: "values" }>,
  other: ShapeOption,
): ShapeOption | null {
  const kept = values.filter((value) => isAllowed(value, other));
  if (kept.length === 0) return null;
  const isNumber = other.kind === "number" || other.kind === "integer";
  const known: readonly SchemaType[] = isNumber ? [other.kind] : types;
  return { kind: "values", values: kept, types: known };
}

/** Whether an enumerated value is legal under an option, judged by one level. */
function isAllowed(value: JsonValue, option: ShapeOption): boolean {
  if (option.kind === "any") return true;
  if (option.kind === "values") return option.values.some((legal) => equalJson(legal, value));
  const type = jsonTypeOf(value);
  return type === option.kind || (type === "integer" && option.kind === "number");
}

/** Both objects' members, in order; a member of both must satisfy both. */
function meetObjects(left: ObjectOption, right: ObjectOption): ObjectOption {
  const further = new Map(right.members.map((member) => [member.name, member]));
  const merged = left.members.map((member): Member => {
    const other = further.get(member.name);
    further.delete(member.name);
    if (other === undefined) return member;
    return {
      name: member.name,
      isRequired: member.isRequired || other.isRequired,
      place: meetPlaces(member.place, other.place) ?? member.place,
    };
  });
  return {
    kind: "object",
    members: [...merged, ...further.values()],
    rest: meetPlaces(left.rest, right.rest),
    isListed: left.isListed || right.isListed,
  };
}

function meetPlaces(left: SchemaPlace | null, right: SchemaPlace | null): SchemaPlace | null {
  if (left === null || right === null) return left ?? right;
  if (left.schema === right.schema) return left;
  return {
    root: left.root,
    schema: { allOf: [left.schema ?? true, right.schema ?? true] },
    trail: [...left.trail, ...right.trail],
  };
}
