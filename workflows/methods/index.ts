import type { Method } from "../../domain/methods/registry.js";
import type { SampleInput } from "../../contracts/sample-input.js";
import { adapt } from "./adapt.js";
import { argmaxName, base, calibrate, copyRule } from "./answer-as-is.js";
import { answerFineTuned } from "./fine-tuned.js";
import { showExamples } from "./in-context.js";
import type { MethodDefinition } from "./method.js";
import { ownPairs, partnerPairs, revealedPairs, varyRevealedCall } from "./pair-sources.js";

/** How each method answers a unit (specification, section 6). */
const methods: Readonly<Record<Method, MethodDefinition>> = {
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
  "random-gate": adapt(ownPairs),
  "oracle-pair": adapt(varyRevealedCall),
  "cheat-ttt": adapt(revealedPairs),
  sft: answerFineTuned,
  "sft-ood": answerFineTuned,
  "cheat-sft": answerFineTuned,
};

/** Returns the method that answers this unit. */
export function methodOf({ unit, variant }: SampleInput): MethodDefinition {
  if (unit.role === "calibration") return calibrate;
  return methods[variant.method];
}
