import type { ImportedDataset } from "../../datasets/index.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import { DEFAULT_FORMAT } from "../../domain/formats/answer-formats.js";
import type { FormatFit } from "../../domain/formats/format-fit.js";
import { AUTO_FORMAT, FIT_RECORDS, NATIVE_PROMPT } from "../../domain/formats/format-fit.js";
import { orderCandidates } from "../../domain/samples/candidate-order.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import { pickCalibration } from "../plan-units.js";
import { requireNativeFormat } from "./native-format.js";
import { setAsideForFit } from "./fit-records.js";
import type { FitRequest, SettleFormat } from "./settle-format.js";

/** A config whose format is settled, unless it is open until the sweep runs. */
export interface SettledConfig {
  readonly config: ResolvedConfig;
  /** The fit that chose the format; null if the config names one, or if it is open. */
  readonly fit: FormatFit | null;
}

/**
 * Settles a config's `format: auto` on records that it sets aside. Throws what `setAsideForFit` and `settleFormat`
 * throw.
 */
export async function settleConfig(
  config: ResolvedConfig,
  datasets: readonly ImportedDataset[],
  model: FitRequest["model"],
  settleFormat: SettleFormat | undefined,
): Promise<SettledConfig> {
  // Any format may be named beside the native prompt, and the template must show tools with each.
  const native = config.prompt === NATIVE_PROMPT ? requireNativeFormat(model.directory) : null;
  if (config.format !== AUTO_FORMAT) return { config, fit: null };
  if (native !== null) return { config: withFormat(config, native), fit: null };
  const aside = setAsideForFit(
    config,
    datasets.map(({ samples }) => samples.length),
  );
  const samples = pickFitRecords(aside, datasets).map(({ sample }) => sample);
  const { sweep, prompt } = config;
  const fit = (await settleFormat?.({ sweep, prompt, model, samples })) ?? null;
  return { config: fit === null ? aside : withFormat(aside, fit.format), fit };
}

/** The records of a fit, an equal part of each data set, with their tools in the order to show. */
export function pickFitRecords(
  config: ResolvedConfig,
  datasets: readonly ImportedDataset[],
): GoldSample[] {
  const part = Math.ceil(FIT_RECORDS / datasets.length);
  return datasets
    .flatMap(({ samples }, index) => {
      const spec = config.datasets[index];
      return spec === undefined ? [] : pickCalibration(spec, samples).slice(0, part);
    })
    .map(({ sample, gold }) => ({
      sample: {
        ...sample,
        tools: orderCandidates(sample.tools, config.candidateOrder, sample.key),
      },
      gold,
    }))
    .slice(0, FIT_RECORDS);
}

/** Sets a config's format as `resolveConfig` writes it: the default stays out. */
export function withFormat(config: ResolvedConfig, format: string): ResolvedConfig {
  const settled: Omit<ResolvedConfig, "format"> & { format?: string } = { ...config, format };
  if (format === DEFAULT_FORMAT) delete settled.format;
  return settled;
}
