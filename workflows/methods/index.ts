import { ApplicationFailure } from "@temporalio/workflow";
import type { Method } from "../../domain/variant.js";
import type { SampleInput } from "../sample-input.js";
import { adapt } from "./adapt.js";
import { argmaxName, base, calibrate, copyRule } from "./answer-as-is.js";
import { showExamples } from "./in-context.js";
import type { MethodDefinition } from "./method.js";
import { ownPairs, partnerPairs, revealedPairs, varyRevealedCall } from "./pair-sources.js";

/** How each method answers a unit (specification, section 6). */
const methods: Readonly<
  Record<Exclude<Method, "sft" | "sft-ood" | "cheat-sft">, MethodDefinition>
> = {
  base,
  "argmax-name": argmaxName,
  "copy-rule": copyRule,
  icl: showExamples,
  "cheat-icl": showExamples,
  "tt-si": adapt(ownPairs),
  "tt-d": adapt(ownPairs),
  "tt-si-icl": adapt(ownPairs, "context"),
  "identity-pair": adapt(ownPairs),
  "shuffled-pair": adapt(partnerPairs),
  "oracle-pair": adapt(varyRevealedCall),
  "cheat-ttt": adapt(revealedPairs),
};

/** How this unit is answered. */
export function methodOf({ unit, variant }: SampleInput): MethodDefinition {
  if (unit.role === "calibration") return calibrate;
  const { method } = variant;
  if (method === "sft" || method === "sft-ood" || method === "cheat-sft") {
    throw ApplicationFailure.nonRetryable(`Method ${method} is not built yet.`, "METHOD_MISSING");
  }
  return methods[method];
}
