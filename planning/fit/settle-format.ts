import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { ANSWER_FORMATS } from "../../domain/formats/answer-formats.js";
import type { FormatFit } from "../../domain/formats/format-fit.js";
import { NATIVE_PROMPT, chooseFitRow } from "../../domain/formats/format-fit.js";
import type { Sample } from "../../domain/samples/sample.js";
import { isObject } from "../../domain/json/scan.js";
import type { SweepRecord } from "../../store/store.js";
import { nativeFormatOf } from "./native-format.js";
import type { FitCandidate, FitEngine } from "./measure-fit.js";
import { measureFit } from "./measure-fit.js";

/** What a fit needs: no gold. */
export interface FitRequest {
  readonly sweep: string;
  readonly prompt: string;
  readonly model: { readonly directory: string; readonly fingerprint: string };
  /** Records that are not reported on, with their tools in the order to show. */
  readonly samples: readonly Sample[];
}

/** Settles `format: auto`; null: it is open until the sweep runs. */
export type SettleFormat = (request: FitRequest) => Promise<FormatFit | null>;

/** Every format under one prompt; under the native one, the template's own. */
export function listCandidates(prompt: string, directory: string): FitCandidate[] {
  if (prompt === NATIVE_PROMPT) {
    const format = nativeFormatOf(directory);
    return format === null ? [] : [{ prompt, format }];
  }
  return ANSWER_FORMATS.map(({ name }) => ({ prompt, format: name }));
}

/**
 * Chooses the format for the request's prompt by asking the model. Throws `FORMAT_FIT_UNREADABLE`, and the engine's
 * errors.
 */
export async function fitFormat(
  { prompt, samples, model }: FitRequest,
  engine: FitEngine,
): Promise<FormatFit> {
  const queries = samples.map((sample) => ({ sample }));
  const rows = await measureFit(listCandidates(prompt, model.directory), queries, engine);
  const chosen = chooseFitRow(rows);
  if (chosen === null) {
    throw new WhetstoneError(
      `None of the model's answers to ${samples.length} records could be read, in any of ${rows.length} formats (prompt ${prompt}).`,
      {
        code: "FORMAT_FIT_UNREADABLE",
        hint: "`npx whetstone fit CONFIG` shows an answer in each format. Name one with --set format=NAME and force its shape with --set inference.decoding=constrained.",
      },
    );
  }
  const records = samples.map(({ dataset, key }) => `${dataset}/${key}`);
  return { prompt, format: chosen.format, rows, records };
}

/** The fit of a stored sweep; null if its format was named. */
export function readStoredFit(sweep: Pick<SweepRecord, "provenance"> | null): FormatFit | null {
  const fit = sweep?.provenance["formatFit"];
  return isObject(fit) ? (fit as unknown as FormatFit) : null;
}
