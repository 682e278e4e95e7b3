import { identifySampler } from "../../domain/config/config-hash.js";
import { orderCandidates } from "../../domain/samples/candidate-order.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Sample } from "../../domain/samples/sample.js";
import { sampleContentHash } from "../../domain/identity/sample-hash.js";
import { deriveBaseSeed, deriveSeed } from "../../domain/identity/seeds.js";
import { dtypeForKey } from "../../domain/identity/recorded-dtype.js";
import { stepKey } from "../../domain/identity/step-key.js";
import { schemaRulesOf } from "../../domain/schemas/schema-rules.js";
import { getPromptStyle } from "../../prompts/index.js";
import type { NameClosing } from "../../domain/uncertainty/name-closing.js";
import { UNRECORDED_NAME_CLOSING } from "../../domain/uncertainty/name-closing.js";
import type { PromptStyle } from "../../prompts/types.js";
import type { Store } from "../../store/store.js";
import type { SweepPlan } from "../../contracts/sweep-plan.js";
import type { StepInput } from "../../contracts/step-input.js";

/** A unit's sample and everything else that its step keys depend on. */
export interface StepContext {
  /** The sample, with tools in the order to show and score. */
  readonly sample: Sample;
  readonly style: PromptStyle;
  /** What counts after a name when H scores it. */
  readonly nameClosing: NameClosing;
  /** Whether the data set says which arguments are required. */
  readonly requirementsKnown: boolean;
  /** Computes the key of a step of this sample; equal for equal computations in any sweep or variant. */
  readonly keyOf: (kind: string, fields: Readonly<Record<string, unknown>>) => string;
  /** Derives the seed of a draw; see `deriveSeed`. */
  readonly seedOf: (step: string, k?: number, attempt?: number) => number;
}

/** Loads the unit's sample. Throws `SAMPLE_MISSING` if the store does not have it. */
export async function loadStepContext(
  store: Store,
  { unit, plan }: StepInput,
): Promise<StepContext> {
  const sample = await loadShownSample(store, { plan }, unit);
  const style = getPromptStyle(plan.prompt, plan.format);
  const schemas = schemaRulesOf(sample.tools);
  const basis = {
    modelFingerprint: plan.modelFingerprint,
    promptHash: style.hash,
    // The content includes the tools in shown order, so the hash covers the candidate order too.
    sampleHash: sampleContentHash(sample),
    // Omitted for plain schemas, which every version reads the same way.
    ...(schemas === null ? {} : { schemas }),
    ...dtypeForKey(plan.dtype),
    // Another server may generate different texts, even if it reports the same model.
    ...(plan.sampler ? { sampler: identifySampler(plan.sampler) } : {}),
    // What one tenant's requests made never answers another's.
    ...(plan.tenant === undefined ? {} : { tenant: plan.tenant }),
  };
  const baseSeed = deriveBaseSeed(unit.seed);
  return {
    sample,
    style,
    nameClosing: plan.nameClosing ?? UNRECORDED_NAME_CLOSING,
    requirementsKnown: plan.requirementsUnknown?.includes(unit.dataset) !== true,
    keyOf: (kind, fields) => stepKey(kind, { ...basis, ...fields }),
    seedOf: (step, k = 0, attempt = 1) => deriveSeed(baseSeed, unit.sampleKey, step, k, attempt),
  };
}

/** Loads a sample with its tools in the order to show. Throws `SAMPLE_MISSING`. */
export async function loadShownSample(
  store: Store,
  { plan }: { readonly plan: Pick<SweepPlan, "candidateOrder"> },
  { dataset, sampleKey }: { readonly dataset: string; readonly sampleKey: string },
): Promise<Sample> {
  const stored = await store.getSample(dataset, sampleKey);
  if (stored === null) throw sampleMissing(dataset, sampleKey);
  return { ...stored, tools: orderCandidates(stored.tools, plan.candidateOrder, stored.key) };
}

/** Creates the error for a sample in the plan that the store does not have. */
export function sampleMissing(dataset: string, sampleKey: string): WhetstoneError {
  return new WhetstoneError(`Sample ${sampleKey} of data set ${dataset} is not in the store.`, {
    code: "SAMPLE_MISSING",
    hint: "Workers and CLI must use the same WHETSTONE_DATABASE_URL. Correct it, then run the config again.",
  });
}
