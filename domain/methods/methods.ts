import { describeMethod, type Method, type MethodRecord } from "./registry.js";

/** Whether the method scores candidates and adapts selected samples only: it has a gate. */
export function isSelective(method: Method): boolean {
  return describeMethod(method).scores === "gate";
}

/** Whether a threshold on H's margin is what the gate goes by. */
export function hasThreshold(method: Method): boolean {
  return isSelective(method) && describeMethod(method).gate === undefined;
}

/** Whether the method trains an adapter per sample. */
export function trainsPerSample(method: Method): boolean {
  return describeMethod(method).trains === "per sample";
}

/** Whether one adapter, trained before the samples run, answers them all. */
export function usesSweepAdapter(method: Method): boolean {
  return describeMethod(method).trains === "per sweep";
}

/** Whether the method is the unchanged model, with which all others are compared. */
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

/** Whether the method uses labelled records of another split. */
export function usesSplit(method: Method): boolean {
  return describeMethod(method).split !== undefined;
}

/** Where a selected sample's pairs come from; undefined: it has none. */
export function pairSource(method: Method): MethodRecord["pairs"] {
  return describeMethod(method).pairs;
}
