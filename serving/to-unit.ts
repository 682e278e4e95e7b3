import type { SampleInput } from "../contracts/sample-input.js";
import type { SweepPlan } from "../contracts/sweep-plan.js";
import type { VariantSpec } from "../domain/config/variant.js";
import { declaresRequirements } from "../domain/grounding/ground-call.js";
import { sampleContentHash } from "../domain/identity/sample-hash.js";
import { sampleKey, unitKey } from "../domain/identity/unit-key.js";
import type { Sample } from "../domain/samples/sample.js";
import type { ChatRequest } from "./chat-request.js";
import type { ServedModel } from "./prepare-serving.js";

/** Hex digits of a request's key in its data set's name, which has at most 40 characters. */
const KEY_DIGITS = 32;

/** A request as the only sample of a data set of its own, and the unit that answers it. */
export interface RequestUnit {
  readonly sample: Sample;
  readonly input: SampleInput;
}

/**
 * Turns a request into a unit. Its sample has the key of row 0, so that the same conversation has the same order of
 * tools and the same seeds as the first record of a data set; its data set's name keeps requests and tenants apart.
 */
export function toUnit(
  request: ChatRequest,
  requestKey: string,
  { config, variant, tau, seed }: ServedModel,
  plan: SweepPlan,
): RequestUnit {
  const { messages, tools } = request;
  const dataset = `served-${requestKey.slice(0, KEY_DIGITS)}`;
  const key = sampleKey(0, sampleContentHash({ messages, tools }));
  const reference = { sweep: config.sweep, variant: variant.name, seed, dataset, sampleKey: key };
  return {
    sample: { key, dataset, row: 0, messages, tools },
    input: {
      unit: { key: unitKey(reference), ...reference, role: "report" },
      variant: follow(variant, request),
      tau,
      plan: declaresRequirements(tools) ? plan : { ...plan, requirementsUnknown: [dataset] },
    },
  };
}

/** The variant with what a request may set: fewer tokens, and that there must be a call. */
function follow(variant: VariantSpec, { maxTokens, mustCall }: ChatRequest): VariantSpec {
  const { inference } = variant;
  return {
    ...variant,
    inference: {
      ...inference,
      maxTokens: Math.min(inference.maxTokens, maxTokens ?? inference.maxTokens),
      ...(mustCall && {
        decoding: "constrained",
        calls: inference.calls === "one" ? "one" : "some",
      }),
    },
  };
}
