import { describeEstimator } from "../uncertainty/registry.js";
import { describeMethod, type Method, type MethodRecord } from "./registry.js";

/** Whether the method has a gate: it scores candidates and adapts the selected samples only. */
export function isSelective(method: Method): boolean {
  return describeMethod(method).scores === "gate";
}

/** Whether the method has a gate that a threshold can set: the variant's own estimator, or another with a threshold. */
export function hasThreshold(method: Method): boolean {
  const { gate } = describeMethod(method);
  return isSelective(method) && (gate === undefined || describeEstimator(gate).flags === "tau");
}

/** Whether the method's gate flags a share of the samples that every variant has to set (`estimator.rate`). */
export function needsShare(method: Method): boolean {
  const { gate } = describeMethod(method);
  return gate !== undefined && describeEstimator(gate).flags === "rate";
}

/** Whether the method trains an adapter per sample. */
export function trainsPerSample(method: Method): boolean {
  return describeMethod(method).trains === "per sample";
}

/** Whether one adapter, trained before the samples run, answers all of them. */
export function usesSweepAdapter(method: Method): boolean {
  return describeMethod(method).trains === "per sweep";
}

/** Whether the method is the unchanged model, the reference of all comparisons. */
export function isBase(method: Method): boolean {
  return describeMethod(method).role === "base";
}

/** Whether the method is a control. */
export function isControl(method: Method): boolean {
  return describeMethod(method).role === "control";
}

/** Whether the method sees the test samples' gold. */
export function isCheat(method: Method): boolean {
  return describeMethod(method).role === "cheat";
}

/** Whether the method uses labeled records of another split. */
export function usesSplit(method: Method): boolean {
  return describeMethod(method).split !== undefined;
}

/** Source of a selected sample's pairs; undefined if the method has none. */
export function pairSource(method: Method): MethodRecord["pairs"] {
  return describeMethod(method).pairs;
}
