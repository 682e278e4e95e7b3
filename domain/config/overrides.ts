import { parseDocument } from "yaml";
import { configInvalid } from "./problems.js";
import type { ConfigProblem } from "./problems.js";

type Container = Record<string, unknown> | unknown[];

/**
 * Applies `a.b=c` settings to a config's plain value, in order, and returns the changed copy. Values
 * are parsed as YAML. List entries are addressed by index (`variants.1.tau=0.9` or `variants[1].tau`);
 * an index equal to the length appends. Throws `WHETSTONE_CONFIG_INVALID` for settings that cannot be
 * applied.
 */
export function applyOverrides(value: unknown, overrides: readonly string[]): unknown {
  const copy: unknown = structuredClone(value ?? {});
  const problems = overrides.flatMap((override) => applyOverride(copy, override) ?? []);
  if (problems.length > 0) throw configInvalid("the settings given by --set", problems);
  return copy;
}

/** Whether one of the settings set the value at `path` or a value that contains it. */
export function isOverridden(overrides: readonly string[], path: readonly PropertyKey[]): boolean {
  const steps = path.map(String);
  return overrides.some((override) =>
    splitName(override).every((step, index) => step === steps[index]),
  );
}

/** Splits a setting's name: `variants[1].tau=0.9` gives variants, 1, tau. */
function splitName(override: string): string[] {
  const name = override.split("=", 1)[0] ?? "";
  return name.replace(/\[(\d+)\]/g, ".$1").split(".");
}

function applyOverride(root: unknown, override: string): ConfigProblem | null {
  const equals = override.indexOf("=");
  const name = equals < 0 ? override : override.slice(0, equals);
  const steps = splitName(override);
  const problem = (text: string): ConfigProblem => ({ path: [name], text });
  if (equals < 0 || steps.includes("")) {
    return problem(
      `${JSON.stringify(override)} is not a setting. Allowed: field=value, such as variants.1.tau=0.9.`,
    );
  }
  if (steps.includes("__proto__")) return problem("unknown field.");
  const document = parseDocument(override.slice(equals + 1));
  if (document.errors.length > 0) return problem("the value is not valid YAML.");

  let container: unknown = root;
  for (const [index, step] of steps.entries()) {
    if (!isContainer(container))
      return problem(`${steps.slice(0, index).join(".")} has no fields.`);
    if (Array.isArray(container) && !(/^\d+$/.test(step) && Number(step) <= container.length)) {
      return problem(
        `${JSON.stringify(step)} is not an index of ${steps.slice(0, index).join(".")}. Allowed: 0 to ${container.length}.`,
      );
    }
    const fields = container as Record<string, unknown>;
    if (index === steps.length - 1) {
      fields[step] = document.toJS() as unknown;
    } else {
      fields[step] = openShorthand(steps, index, fields[step]);
      container = fields[step];
    }
  }
  return null;
}

/** Expands a variant's or estimator's shorthand, so that it has fields. */
function openShorthand(steps: readonly string[], index: number, value: unknown): unknown {
  if (value === undefined || value === null) return {};
  if (typeof value === "string" && steps[index] === "estimator") return { kind: value };
  if (typeof value === "string" && index === 1 && steps[0] === "variants") return { method: value };
  return value;
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}
