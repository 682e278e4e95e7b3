import type { z } from "zod";
import {
  buildConfigJsonSchema,
  describeAllowed,
  findSchemaNodes,
  listFields,
} from "./published-schema.js";
import { WhetstoneError } from "../errors/whetstone-error.js";
import { findNearestName } from "../errors/nearest-name.js";
import { shortenText } from "../text/cut-text.js";

/** A problem and its place in a config. */
export interface ConfigProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

type Issue = z.core.$ZodIssue;

/** Converts zod's issues to problems with the value, the allowed values and the nearest known name. */
export function describeIssues(issues: readonly Issue[], value: unknown): ConfigProblem[] {
  return issues.flatMap((issue) => describeIssue(issue, [], value));
}

/** Writes a path as in the config: `variants[1].tau`. */
function formatConfigPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text === "" ? "(the whole file)" : text;
}

/**
 * Creates `WHETSTONE_CONFIG_INVALID` with one line per problem. `source` names the text; `placeOf`
 * returns the place of a path in it, such as "line 3".
 */
export function configInvalid(
  source: string,
  problems: readonly ConfigProblem[],
  placeOf: (path: readonly PropertyKey[]) => string | null = () => null,
): WhetstoneError {
  const lines = problems.map(({ path, text }) => {
    const place = placeOf(path);
    return `  ${formatConfigPath(path)}${place === null ? "" : ` (${place})`}: ${text}`;
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new WhetstoneError([`${count} in ${source}:`, ...lines].join("\n"), {
    code: "WHETSTONE_CONFIG_INVALID",
    hint: "Correct the config, then check it by `npx whetstone plan CONFIG`, which runs nothing.",
    details: { problems: problems.map(({ path, text }) => `${formatConfigPath(path)}: ${text}`) },
  });
}

const schema = buildConfigJsonSchema();

function describeIssue(
  issue: Issue,
  base: readonly PropertyKey[],
  value: unknown,
): ConfigProblem[] {
  const path = [...base, ...issue.path];
  if (issue.code === "invalid_union") {
    // The intended shape is the one whose type fits; its own issues are more specific.
    const meant = issue.errors.filter(
      (branch) =>
        branch.length > 0 &&
        !branch.some((inner) => inner.path.length === 0 && isTypeMismatch(inner)),
    );
    const [branch] = meant;
    if (branch !== undefined && meant.length === 1) {
      return branch.flatMap((inner) => describeIssue(inner, path, value));
    }
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], text: describeUnknown(path, key) }));
  }
  return [{ path, text: describeValue(path, readPath(value, path)) }];
}

function isTypeMismatch(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function describeUnknown(path: readonly PropertyKey[], key: string): string {
  const known = findSchemaNodes(schema, path).flatMap(listFields);
  const nearest = findNearestName(key, known);
  const meant = nearest === null ? "" : ` Did you mean "${nearest}"?`;
  return `unknown field.${meant} Known here: ${known.join(", ")}.`;
}

function describeValue(path: readonly PropertyKey[], value: unknown): string {
  const nodes = findSchemaNodes(schema, path);
  const allowed = describeAllowed(nodes);
  if (value === undefined) return `missing. Needed: ${allowed}.`;
  const names = nodes.flatMap((node) => node.enum ?? []).filter((name) => typeof name === "string");
  const nearest = typeof value === "string" ? findNearestName(value, names) : null;
  const meant = nearest === null ? "" : ` Did you mean "${nearest}"?`;
  return `${shorten(JSON.stringify(value))} is not allowed.${meant} Allowed: ${allowed}.`;
}

function readPath(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      inner instanceof Object ? (inner as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

function shorten(text: string): string {
  return shortenText(text, 80);
}
