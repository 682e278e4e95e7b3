import { z } from "zod";
import { describePattern } from "../text/describe-pattern.js";
import { configFileSchema } from "./schema.js";

/** The part of JSON Schema that describes a config. */
export interface SchemaNode {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly pattern?: string;
  readonly description?: string;
}

/** Builds the JSON Schema of a config file for editors (configs/whetstone.schema.json). */
export function buildConfigJsonSchema(): SchemaNode {
  return {
    ...(z.toJSONSchema(configFileSchema, { target: "draft-7", io: "input" }) as SchemaNode),
    ...{ title: "Whetstone sweep" },
  };
}

/** The text of configs/whetstone.schema.json. */
export function renderConfigJsonSchema(): string {
  return `${JSON.stringify(buildConfigJsonSchema(), null, 2)}\n`;
}

/** Finds the nodes that may describe the value at `path`: several if the value may have several shapes. */
export function findSchemaNodes(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode[] {
  let nodes = expand(root);
  for (const step of path) {
    nodes = nodes
      .map((node) => (typeof step === "number" ? node.items : node.properties?.[String(step)]))
      .filter((node) => node !== undefined)
      .flatMap(expand);
  }
  return nodes;
}

/** Describes what the nodes allow: `a number from 0 to 2 or "auto"`. */
export function describeAllowed(nodes: readonly SchemaNode[]): string {
  return nodes.map(describeNode).join(" or ");
}

function expand(node: SchemaNode): SchemaNode[] {
  return node.anyOf === undefined ? [node] : node.anyOf.flatMap(expand);
}

function describeNode(node: SchemaNode): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) {
    return `one of ${node.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  }
  switch (node.type) {
    case "integer":
      return `a whole number${describeRange(node)}`;
    case "number":
      return `a number${describeRange(node)}`;
    case "boolean":
      return "true or false";
    case "string":
      return node.pattern === undefined ? "a text" : describePattern(node.pattern);
    case "array":
      return "a list with at least one entry";
    default:
      return `a mapping with the fields ${listFields(node).join(", ")}`;
  }
}

/** Names of a mapping's fields; `$schema` is for editors only. */
export function listFields(node: SchemaNode): string[] {
  return Object.keys(node.properties ?? {}).filter((name) => name !== "$schema");
}

function describeRange(node: SchemaNode): string {
  const { minimum, exclusiveMinimum, maximum } = node;
  const least =
    exclusiveMinimum === undefined ? `from ${String(minimum)}` : `above ${exclusiveMinimum}`;
  return ` ${least} to ${String(maximum)}`;
}
