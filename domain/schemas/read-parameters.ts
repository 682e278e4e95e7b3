import { isObject } from "../json/scan.js";
import type { JsonObject } from "../json/value.js";
import { eitherOf } from "./inside.js";
import { COMBINATORS } from "./own-options.js";
import { placeOf, readShape } from "./read-shape.js";
import type { Member, ObjectOption, SchemaPlace } from "./shape.js";

/** A tool's arguments. */
export interface Parameters {
  /** In the schema's order. */
  readonly members: readonly Member[];
  /** Schema of arguments with other names; null if there are none. */
  readonly rest: SchemaPlace | null;
}

/**
 * Reads a tool's arguments from its JSON Schema, whose root may be a `$ref` or a combination. For
 * alternatives, returns the arguments of all; an argument is required if all alternatives require it.
 * If the root cannot be resolved, its arguments are unknown, not absent.
 */
export function readParameters(parameters: JsonObject): Parameters {
  // A root with properties is the arguments' object, regardless of its declared type.
  const root = isObject(parameters["properties"]) ? { ...parameters, type: "object" } : parameters;
  const objects = readShape(placeOf(root)).options.filter((option) => option.kind === "object");
  if (objects.length === 0) {
    const isUnknown = COMBINATORS.some((keyword) => (parameters[keyword] ?? null) !== null);
    return { members: [], rest: isUnknown ? { ...placeOf(parameters), schema: true } : null };
  }
  const [only] = objects;
  return objects.length === 1 && only !== undefined ? only : uniteObjects(objects);
}

/** Schema of an argument; undefined if unknown. */
export function argumentOf({ members, rest }: Parameters, name: string): SchemaPlace | undefined {
  return members.find((member) => member.name === name)?.place ?? rest ?? undefined;
}

/** Whether a tool has an argument with this name. */
export function hasArgument({ members, rest }: Parameters, name: string): boolean {
  return rest !== null || members.some((member) => member.name === name);
}

function uniteObjects(objects: readonly ObjectOption[]): Parameters {
  const names = new Set(objects.flatMap(({ members }) => members.map(({ name }) => name)));
  const members = [...names].flatMap((name): Member[] => {
    const found = objects.flatMap((each) => each.members.filter((member) => member.name === name));
    const place = eitherOf(found.map((member) => member.place));
    const isRequired =
      found.length === objects.length && found.every((member) => member.isRequired);
    return place === undefined ? [] : [{ name, isRequired, place }];
  });
  return { members, rest: eitherOf(objects.map(({ rest }) => rest)) ?? null };
}
