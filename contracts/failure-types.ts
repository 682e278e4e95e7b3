import type { ErrorCode } from "../domain/errors/codes.js";

/** `ApplicationFailure` types that workflows look at; each is also an error code in docs/errors.md. */

/** A reply of G that does not parse or fails a check; retried with a new seed. */
export const SYNTHESIS_UNPARSABLE = "SynthesisUnparsable" satisfies ErrorCode;

/** Every attempt at a pair was unusable; the unit answers with the base model. */
export const SYNTHESIS_EXHAUSTED = "SynthesisExhausted" satisfies ErrorCode;

/** The engine no longer has the adapter; it is trained again. */
export const ADAPTER_LOST = "ENGINE_ADAPTER_LOST" satisfies ErrorCode;

/** The engine does not have a long training's saved state; it is trained from the start. */
export const ARTIFACT_MISSING = "ENGINE_ARTIFACT_MISSING" satisfies ErrorCode;

/** A sampler no longer has the adapter; it is trained and handed over again. */
export const SAMPLER_ADAPTER_LOST = "SAMPLER_ADAPTER_LOST" satisfies ErrorCode;

/** The adapter was lost after every retraining; the unit fails. */
export const ADAPTER_LOST_TOO_OFTEN = "ADAPTER_LOST_TOO_OFTEN" satisfies ErrorCode;
