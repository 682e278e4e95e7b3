import type { Tool } from "../../../domain/samples/sample.js";

/** Types of JSON Schema; data sets use others, too (`dict`, `float`), which Inspect's reader refuses. */
const TYPES = new Set(["string", "integer", "number", "boolean", "array", "object", "null"]);

/** A tool as Inspect describes it: the part of its schema that Inspect has fields for. */
export function toToolInfo({ name, description, parameters }: Tool): object {
  const { properties, required } = toSchema(parameters);
  return {
    name,
    description,
    parameters: { type: "object", properties: properties ?? {}, required: required ?? [] },
  };
}

interface InspectSchema {
  readonly type?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: InspectSchema;
  readonly properties?: Readonly<Record<string, InspectSchema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
}

function toSchema(value: unknown): InspectSchema {
  if (!isObject(value)) return {};
  const { type, description, items, properties, required } = value;
  const types = [type].flat();
  const isKnown = types.every((each) => typeof each === "string" && TYPES.has(each));
  return {
    ...(isKnown ? { type } : {}),
    ...(typeof description === "string" ? { description } : {}),
    ...(Array.isArray(value["enum"]) ? { enum: value["enum"] } : {}),
    ...("default" in value ? { default: value["default"] } : {}),
    ...(isObject(items) ? { items: toSchema(items) } : {}),
    ...(isObject(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [name, toSchema(each)]),
          ),
        }
      : {}),
    ...(Array.isArray(required)
      ? { required: required.filter((each) => typeof each === "string") }
      : {}),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
