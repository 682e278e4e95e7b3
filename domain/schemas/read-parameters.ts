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
  /** What arguments of other names hold; null: there are none. */
  readonly rest: SchemaPlace | null;
}

/**
 * A tool's arguments by its JSON Schema, whose root may be a `$ref` or a combination. Of
 * alternatives, the arguments of all; required is what all of them require. A root that cannot be
 * followed has unknown arguments, not none.
 */
export function readParameters(parameters: JsonObject): Parameters {
  // Whatever its type says, a root with properties is the arguments' object.
  const root = isObject(parameters["properties"]) ? { ...parameters, type: "object" } : parameters;
  const objects = readShape(placeOf(root)).options.filter((option) => option.kind === "object");
  if (objects.length === 0) {
    const isUnknown = COMBINATORS.some((keyword) => (parameters[keyword] ?? null) !== null);
    return { members: [], rest: isUnknown ? { ...placeOf(parameters), schema: true } : null };
  }
  const [only] = objects;
  return objects.length === 1 && only !== undefined ? only : uniteObjects(objects);
}

/** What is known of an argument; undefined: nothing. */
export function argumentOf({ members, rest }: Parameters, name: string): SchemaPlace | undefined {
  return members.find((member) => member.name === name)?.place ?? rest ?? undefined;
}

/** Whether a tool has an argument of that name. */
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
