import { canonicalJson } from "../../domain/json/canonical.js";
import { isBase, isCheat, isControl } from "../../domain/methods/methods.js";
import { describeMethod, type MethodRecord } from "../../domain/methods/registry.js";
import type { VariantSpec } from "../../domain/config/variant.js";

/** Variants in reading order: base, other baselines, the methods, the controls, the cheats. */
export function sortForReading(variants: readonly VariantSpec[]): VariantSpec[] {
  return [...variants].sort((left, right) => rank(left) - rank(right));
}

const ROLES: readonly MethodRecord["role"][] = ["base", "baseline", "method", "control", "cheat"];

function rank({ method }: VariantSpec): number {
  return ROLES.indexOf(describeMethod(method).role);
}

/** A variant's name, marked `(control)` or `(cheat)` if it is one. */
export function labelVariant(variant: {
  readonly variant: string;
  readonly method: VariantSpec["method"];
}): string {
  if (isCheat(variant.method)) return `${variant.variant} (cheat)`;
  return isControl(variant.method) ? `${variant.variant} (control)` : variant.variant;
}

/** The label of the variant with that name; the name itself if the config has no such variant. */
export function labelNamed(all: readonly VariantSpec[], name: string): string {
  const method = all.find((each) => each.name === name)?.method;
  return method === undefined ? name : labelVariant({ variant: name, method });
}

/**
 * The base variant to compare with: one that uses the same inference settings, otherwise the first.
 */
export function findBase(all: readonly VariantSpec[], variant: VariantSpec): string | null {
  if (isBase(variant.method)) return null;
  const bases = all.filter((other) => isBase(other.method));
  const same = bases.find((other) => describeAnswering(other) === describeAnswering(variant));
  return (same ?? bases[0])?.name ?? null;
}

/** The copy rule is part of the treatment, so it does not require a separate base. */
function describeAnswering({ inference }: VariantSpec): string {
  return canonicalJson({ ...inference, copy: false });
}

/** Names of the controls to compare a variant with; none for base, controls and cheats. */
export function listControls(all: readonly VariantSpec[], variant: VariantSpec): string[] {
  const { method } = variant;
  if (isBase(method) || isControl(method) || isCheat(method)) return [];
  return all.filter((other) => isControl(other.method)).map((other) => other.name);
}

/** Variants whose name scores give the perplexity curve, too: scored for RSS, and compared with a base variant. */
export function listPerplexityVariants(variants: readonly VariantSpec[]): VariantSpec[] {
  return variants.filter(
    (variant) => variant.estimator.kind === "rss" && findBase(variants, variant) !== null,
  );
}
