import { importDataset } from "../../datasets/index.js";
import { provideData } from "../../infra/model-files/provide-data.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import type { FitRow } from "../../domain/formats/format-fit.js";
import { AUTO_FORMAT, chooseFitRow } from "../../domain/formats/format-fit.js";
import { PROMPT_STYLE_NAMES } from "../../prompts/index.js";
import { selectRows } from "../select-rows.js";
import { setAsideForFit } from "./fit-records.js";
import type { FitEngine, FitQuery } from "./measure-fit.js";
import { measureFit } from "./measure-fit.js";
import { listCandidates } from "./settle-format.js";
import { pickFitRecords } from "./settle-config.js";

/** How a config's model answers in every prompt and format. */
export interface FitTable {
  readonly model: string;
  readonly rows: readonly FitRow[];
  /** The config's prompt, and the format that `format: auto` takes with it; null if no answer could be read. */
  readonly prompt: string;
  readonly auto: string | null;
  /** The config's own format; `auto` if it is to be chosen. */
  readonly format: string;
  /** `dataset/key` of the records. */
  readonly records: readonly string[];
}

/**
 * The records, with gold, that `format: auto` would use for this config; at most `limit`. Throws the importers' errors.
 */
export async function readFitQueries(config: ResolvedConfig, limit: number): Promise<FitQuery[]> {
  const datasets = await Promise.all(
    config.datasets.map(async (spec) => {
      const dataset = await importDataset(await provideData(spec));
      return { ...dataset, samples: selectRows(dataset.samples, spec) };
    }),
  );
  const sizes = datasets.map(({ samples }) => samples.length);
  const aside = setAsideForFit({ ...config, format: AUTO_FORMAT }, sizes);
  return pickFitRecords(aside, datasets).slice(0, limit);
}

/** Measures every prompt in every format. Throws the engine's errors. */
export async function measureFitTable(
  config: ResolvedConfig,
  queries: readonly FitQuery[],
  prompts: readonly string[],
  directory: string,
  engine: FitEngine,
): Promise<Omit<FitTable, "format">> {
  // The config's own prompt comes first: it is what auto chooses for.
  const others = prompts.filter((prompt) => prompt !== config.prompt);
  const candidates = [config.prompt, ...others].flatMap((prompt) =>
    listCandidates(prompt, directory),
  );
  const rows = await measureFit(candidates, queries, engine);
  const chosen = chooseFitRow(rows.filter(({ prompt }) => prompt === config.prompt));
  return {
    model: config.model,
    rows,
    prompt: config.prompt,
    auto: chosen?.format ?? null,
    records: queries.map(({ sample }) => `${sample.dataset}/${sample.key}`),
  };
}

/** Prompts that a fit can try. */
export const FIT_PROMPTS: readonly string[] = PROMPT_STYLE_NAMES;
