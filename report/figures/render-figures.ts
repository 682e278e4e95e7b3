import type { ReportData } from "../report-data.js";
import { draftAccuracy } from "./accuracy.js";
import type { FigureContext } from "./context.js";
import { listContexts } from "./context.js";
import { draftCost } from "./cost.js";
import type { FigureDraft } from "./draw-figure.js";
import { drawFigure } from "./draw-figure.js";
import { draftEmbedding } from "./embedding.js";
import type { Figure } from "./figure.js";
import { draftGains } from "./gains.js";
import { draftLosses } from "./losses.js";
import { draftMargins } from "./margins.js";
import type { PaperPoint } from "./paper-point.js";
import { draftParameter } from "./parameter-line.js";
import { PAIRS, RECORDS, THRESHOLD } from "./parameters.js";
import { draftRates } from "./rates.js";
import { draftReliability } from "./reliability.js";
import { draftTime } from "./time.js";

/** What figures may show besides the report's data. */
export interface FigureOptions {
  /** The paper's figures for a sweep, shown beside ours and marked "paper". */
  readonly paper?: (sweep: string) => readonly PaperPoint[];
}

/**
 * Draws every figure that the report's data can fill, in reading order; the others are left out.
 * Same data, same bytes.
 */
export async function renderFigures(
  data: ReportData,
  options: FigureOptions = {},
): Promise<readonly Figure[]> {
  const drafts = listContexts(data).flatMap((context) => listDrafts(context, options));
  const figures: Figure[] = [];
  for (const draft of drafts) figures.push(await drawFigure(draft));
  return figures;
}

function listDrafts(context: FigureContext, options: FigureOptions): FigureDraft[] {
  const paper = (options.paper?.(context.sweep.record.name) ?? []).filter(
    (point) => point.dataset === context.dataset.dataset,
  );
  return [
    draftAccuracy(context, paper),
    draftGains(context),
    draftCost(context),
    draftParameter(context, THRESHOLD),
    draftParameter(context, PAIRS),
    draftParameter(context, RECORDS),
    draftMargins(context),
    draftRates(context),
    draftReliability(context),
    draftEmbedding(context),
    draftTime(context),
    draftLosses(context),
  ].filter((draft) => draft !== null);
}
