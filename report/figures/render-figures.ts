import type { ReportData } from "../model/report-data.js";
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
import { listPaperPoints } from "./paper-point.js";
import { draftParameter } from "./parameter-line.js";
import { PAIRS, RECORDS, THRESHOLD } from "./parameters.js";
import { draftRates } from "./rates.js";
import { draftReliability } from "./reliability.js";
import { draftScales } from "./scale.js";
import { BESIDE_DATA, EVERY_VARIANT, showsAll, UPPER_BOUNDS } from "./selections.js";
import { draftTime } from "./time.js";

/** Figure inputs besides the report's data. */
export interface FigureOptions {
  /** The paper's values for a sweep, marked "paper"; default: those of its `experiment`. */
  readonly paper?: (sweep: string) => readonly PaperPoint[];
}

/**
 * Draws every figure for which the report has data, in reading order, and skips the others. The
 * same data gives the same bytes.
 */
export async function renderFigures(
  data: ReportData,
  options: FigureOptions = {},
): Promise<readonly Figure[]> {
  const contexts = listContexts(data);
  const paper = (context: FigureContext) => findPaper(context, options);
  const drafts = draftScales(contexts, paper);
  for (const context of contexts) drafts.push(...(await listDrafts(context, paper(context))));
  const figures: Figure[] = [];
  for (const draft of drafts) figures.push(await drawFigure(draft));
  return figures;
}

function findPaper(context: FigureContext, options: FigureOptions): readonly PaperPoint[] {
  const { name, config } = context.sweep.record;
  const points = options.paper?.(name) ?? listPaperPoints(config.experiment);
  return points.filter((point) => point.dataset === context.dataset.dataset);
}

async function listDrafts(
  context: FigureContext,
  paper: readonly PaperPoint[],
): Promise<FigureDraft[]> {
  const besideData = draftAccuracy(context, BESIDE_DATA, paper);
  const upperBounds = draftAccuracy(context, UPPER_BOUNDS, paper);
  const isShown =
    (besideData !== null && showsAll(context, BESIDE_DATA)) ||
    (upperBounds !== null && showsAll(context, UPPER_BOUNDS));
  return [
    isShown ? null : draftAccuracy(context, EVERY_VARIANT, paper),
    draftGains(context),
    draftCost(context),
    draftParameter(context, THRESHOLD, paper),
    besideData,
    draftParameter(context, PAIRS, paper),
    draftParameter(context, RECORDS),
    draftMargins(context),
    draftRates(context),
    draftReliability(context),
    await draftEmbedding(context),
    upperBounds,
    draftTime(context),
    draftLosses(context),
  ].filter((draft) => draft !== null);
}
