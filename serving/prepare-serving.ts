import type { SweepPlan } from "../contracts/sweep-plan.js";
import type { ResolvedConfig } from "../domain/config/config.js";
import type { EngineDtype } from "../domain/config/engine-dtype.js";
import type { VariantSpec } from "../domain/config/variant.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { AUTO_FORMAT, NATIVE_PROMPT } from "../domain/formats/format-fit.js";
import { isBase } from "../domain/methods/methods.js";
import { describeMethod } from "../domain/methods/registry.js";
import { fingerprintModel } from "../infra/model-files/fingerprint.js";
import { provideModel } from "../infra/model-files/provide.js";
import { requireNativeFormat } from "../planning/fit/native-format.js";
import { withFormat } from "../planning/fit/settle-config.js";
import { readStoredFit } from "../planning/fit/settle-format.js";
import type { SweepRecord, ThresholdRecord } from "../store/store.js";

/** What a stored sweep of the config's name has settled; null: there is none. */
export interface StoredSweep {
  readonly sweep: Pick<SweepRecord, "provenance">;
  readonly thresholds: readonly ThresholdRecord[];
}

/** How requests are answered. */
export interface ServedModel {
  readonly config: ResolvedConfig;
  readonly variant: VariantSpec;
  readonly tau: number;
  /** Seed index. */
  readonly seed: number;
  readonly model: { readonly directory: string; readonly fingerprint: string };
}

/**
 * Reads how a config answers requests: with the named variant, else its first that is not `base`, else `base`; with its
 * first seed. Starts nothing. Throws `SERVE_VARIANT_UNSUITED`, `SERVE_FORMAT_OPEN`, `THRESHOLD_MISSING` and what
 * providing a model throws.
 */
export async function prepareServing(
  config: ResolvedConfig,
  stored: StoredSweep | null,
  variantName?: string,
): Promise<ServedModel> {
  const variant = chooseVariant(config, variantName);
  const [seed = 0] = config.seeds;
  const tau = chooseTau(config, variant, seed, stored);
  const directory = await provideModel(config.model);
  return {
    config: settleFormat(config, directory, stored),
    // More answers than one serve only statistics.
    variant: { ...variant, inference: { ...variant.inference, answers: 1 } },
    ...{ tau, seed },
    model: { directory, fingerprint: await fingerprintModel(directory) },
  };
}

function chooseVariant({ sweep, variants }: ResolvedConfig, name?: string): VariantSpec {
  const chosen =
    name === undefined
      ? (variants.find(({ method }) => !isBase(method)) ?? variants[0])
      : variants.find((variant) => variant.name === name);
  const hint = `npx whetstone serve CONFIG --variant NAME; config ${sweep} has ${variants.map((variant) => variant.name).join(", ")}`;
  const code = "SERVE_VARIANT_UNSUITED";
  if (chosen === undefined) {
    throw new WhetstoneError(`Config ${sweep} has no variant "${String(name)}".`, { code, hint });
  }
  const { role, split, trains, pairs } = describeMethod(chosen.method);
  const reason =
    role === "cheat"
      ? "sees the right answer, which a request does not have"
      : split !== undefined || trains === "per sweep"
        ? "needs labeled records"
        : pairs === "other sample"
          ? "needs other samples of a data set"
          : null;
  if (reason === null) return chosen;
  throw new WhetstoneError(`Variant ${chosen.name} cannot be served: ${chosen.method} ${reason}.`, {
    ...{ code, hint },
  });
}

/** The variant's threshold; for `tau: auto`, the one that the sweep of this name has chosen. */
function chooseTau(
  { sweep }: ResolvedConfig,
  { name, tau }: VariantSpec,
  seed: number,
  stored: StoredSweep | null,
): number {
  if (tau !== "auto") return tau;
  const chosen = stored?.thresholds.find((each) => each.variant === name && each.seed === seed);
  if (chosen !== undefined) return chosen.tau;
  throw new WhetstoneError(
    `Variant ${name} has tau: auto, and no sweep ${sweep} has chosen its threshold yet.`,
    {
      code: "THRESHOLD_MISSING",
      hint: "npx whetstone run CONFIG chooses it; or serve another variant with --variant NAME",
    },
  );
}

function settleFormat(
  config: ResolvedConfig,
  directory: string,
  stored: StoredSweep | null,
): ResolvedConfig {
  const native = config.prompt === NATIVE_PROMPT ? requireNativeFormat(directory) : null;
  if (config.format !== AUTO_FORMAT) return config;
  const format = native ?? readStoredFit(stored?.sweep ?? null)?.format;
  if (format !== undefined) return withFormat(config, format);
  throw new WhetstoneError(
    `Config ${config.sweep} has format: auto, and no sweep of this name has settled it yet.`,
    {
      code: "SERVE_FORMAT_OPEN",
      hint: "npx whetstone run CONFIG settles it, npx whetstone fit CONFIG shows the formats; or name one with --set format=NAME",
    },
  );
}

/** The plan of every request of one tenant, but for what depends on its tools. */
export function planFor(
  { config, model }: ServedModel,
  dtype: EngineDtype | "any" | null,
  tenant: string,
): SweepPlan {
  return {
    modelFingerprint: model.fingerprint,
    prompt: config.prompt,
    ...(config.format === undefined ? {} : { format: config.format }),
    ...(config.nameClosing === undefined ? {} : { nameClosing: config.nameClosing }),
    ...(dtype === null ? {} : { dtype }),
    candidateOrder: config.candidateOrder,
    ...(config.sampler === undefined ? {} : { sampler: config.sampler }),
    ...(config.run.gpuClass === undefined ? {} : { gpuClass: config.run.gpuClass }),
    privateQueueTimeoutSeconds: config.run.privateQueueTimeoutSeconds,
    recordOn: "local",
    tenant,
  };
}
