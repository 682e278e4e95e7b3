import type { ResolvedConfig } from "./config.js";
import { checkConfig } from "./check.js";
import { applyOverrides, isOverridden } from "./overrides.js";
import { configInvalid, describeIssues } from "./problems.js";
import { resolveConfig } from "./resolve.js";
import { configFileSchema } from "./schema.js";
import { parseConfigYaml } from "./yaml.js";
import { isObject } from "../json/scan.js";

/** A config's text and how to read it. */
export interface ParseConfigInput {
  readonly text: string;
  /** Name of the text in messages, the file's path. */
  readonly source: string;
  /** Settings from the command line, `a.b=c`, applied in order. */
  readonly overrides?: readonly string[];
  /** Makes a path in the file absolute; not applied to paths in overrides. */
  readonly resolvePath?: (path: string) => string;
  /** Makes the file's `model` independent of the file's folder; not applied to a model in an override. */
  readonly resolveModel?: (model: string) => string;
}

/**
 * Parses YAML text to a config with all defaults filled in. Throws `WHETSTONE_CONFIG_INVALID` with one
 * line per problem: field, line, value, allowed values.
 */
export function parseConfig(input: ParseConfigInput): ResolvedConfig {
  const { text, source, overrides = [], resolvePath = keep, resolveModel = keep } = input;
  const yaml = parseConfigYaml(text, source);
  const value = applyOverrides(resolvePaths(yaml.value, resolvePath, resolveModel), overrides);
  const placeOf = (path: readonly PropertyKey[]): string | null => {
    if (isOverridden(overrides, path)) return "--set";
    const line = yaml.lineOf(path);
    return line === null ? null : `line ${line}`;
  };
  const checked = configFileSchema.safeParse(value);
  if (!checked.success) {
    throw configInvalid(`config ${source}`, describeIssues(checked.error.issues, value), placeOf);
  }
  const config = resolveConfig(checked.data);
  const problems = checkConfig(checked.data, config);
  if (problems.length > 0) throw configInvalid(`config ${source}`, problems, placeOf);
  return config;
}

const keep = (text: string): string => text;

/** Returns a copy in which the file's relative paths are absolute. */
function resolvePaths(
  value: unknown,
  resolvePath: (path: string) => string,
  resolveModel: (model: string) => string,
): unknown {
  if (!isObject(value)) return value;
  const copy = structuredClone(value);
  const entries: unknown[] = [copy["dataset"], copy["split"]];
  if (Array.isArray(copy["datasets"])) entries.push(...(copy["datasets"] as unknown[]));
  if (Array.isArray(copy["variants"])) {
    const variants = copy["variants"] as unknown[];
    entries.push(...variants.map((variant) => (isObject(variant) ? variant["split"] : null)));
  }
  for (const entry of entries) {
    if (isObject(entry) && typeof entry["path"] === "string" && entry["path"] !== "") {
      entry["path"] = resolvePath(entry["path"]);
    }
  }
  const { model } = copy;
  if (typeof model === "string" && model !== "") copy["model"] = resolveModel(model);
  return copy;
}
