import { isSelective, usesSweepAdapter } from "../../domain/methods/methods.js";
import { describeMethod } from "../../domain/methods/registry.js";
import type { JsonValue } from "../../domain/json/value.js";
import type { Parameter } from "./parameter-line.js";

/** Specifications are plain data, so this conversion loses nothing. */
function toJson(spec: object): JsonValue {
  return spec as JsonValue;
}

/** Accuracy over the threshold, with the share of samples adapted (the paper's Figure 2, left). */
export const THRESHOLD: Parameter = {
  id: "figure-2-left-threshold",
  title: "Accuracy over the threshold tau (the paper's Figure 2, left)",
  axis: "tau; labels: share of samples adapted",
  read: ({ summary, spec }) => {
    if (!isSelective(spec.method) || spec.selection !== "uncertain") return null;
    return spec.tau === "auto" ? null : (summary.taus[0] ?? spec.tau);
  },
  without: (spec) => toJson({ ...spec, name: null, tau: null }),
  label: ({ summary }) =>
    summary.adaptedShare === null ? "" : `${(100 * summary.adaptedShare).toFixed(0)} %`,
};

/** Accuracy over K, the number of synthetic pairs per sample (the paper's Figure 4). */
export const PAIRS: Parameter = {
  id: "figure-4-pairs",
  title: "Accuracy over K, the pairs per sample (the paper's Figure 4)",
  axis: "K, synthetic pairs per adapted sample",
  counts: true,
  read: ({ spec }) =>
    isSelective(spec.method) && describeMethod(spec.method).role === "method"
      ? spec.synthesis.examples
      : null,
  without: (spec) =>
    toJson({ ...spec, name: null, synthesis: { ...spec.synthesis, examples: null } }),
};

/** Accuracy over the number of records of another dataset (sft-ood). */
export const RECORDS: Parameter = {
  id: "records",
  title: "Accuracy over records of another data set",
  axis: "records trained on",
  counts: true,
  read: ({ spec }) =>
    usesSweepAdapter(spec.method) ? (spec.demonstrations?.examples ?? null) : null,
  without: (spec) =>
    toJson({
      ...spec,
      name: null,
      demonstrations: { ...spec.demonstrations, examples: null },
    }),
};
