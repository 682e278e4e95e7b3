import type { JsonObject } from "../../domain/json/value.js";
import { isBase, isCheat } from "../../domain/methods/methods.js";
import type { FigureContext } from "./context.js";
import { describeCount, listVariants, placeVariants, round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import type { PaperPoint } from "./paper-point.js";
import { ofUsualModel } from "./paper-point.js";
import type { Selection } from "./selections.js";
import { percentScale } from "./percent-scale.js";
import { encodePlaces, INK } from "./theme.js";

/**
 * Accuracy of the selected variants with their intervals. Shapes mark controls and cheats; the
 * paper's values stand beside ours. Null for fewer than two variants, or if none of the methods
 * it is about is present.
 */
export function draftAccuracy(
  context: FigureContext,
  selection: Selection,
  paper: readonly PaperPoint[] = [],
): FigureDraft | null {
  const variants = listVariants(context).filter(selection.shows);
  const { about } = selection;
  if (variants.length < 2) return null;
  if (about !== undefined && !variants.some(({ spec }) => about.includes(spec.method))) return null;
  const values = variants.map(({ summary, label }) => ({
    variant: label,
    kind: isCheat(summary.method) ? "cheat" : summary.control ? "control" : "method",
    accuracy: round(100 * (summary.soft.mean ?? 0), 2),
    low: round(100 * (summary.statistics.interval?.low ?? summary.soft.mean ?? 0), 2),
    high: round(100 * (summary.statistics.interval?.high ?? summary.soft.mean ?? 0), 2),
  }));
  const own = new Set(variants.map(({ summary }) => summary.variant));
  const reported = ofUsualModel(paper)
    .filter((point) => own.has(point.variant))
    .map((point) => ({
      variant: variants.find(({ summary }) => summary.variant === point.variant)?.label ?? "",
      kind: "paper",
      accuracy: point.accuracy,
    }));
  const base = variants.find(({ summary }) => isBase(summary.method));
  const kinds = ["method", "control", "cheat", "paper"].filter((kind) =>
    [...values, ...reported].some((value) => value.kind === kind),
  );
  const shapes: Readonly<Record<string, string>> = {
    method: "circle",
    control: "square",
    cheat: "triangle-up",
    paper: "cross",
  };
  const y: JsonObject = { field: "variant", type: "nominal", sort: null, title: null };
  const scale = percentScale([...values, ...reported]);
  const x: JsonObject = {
    field: "accuracy",
    type: "quantitative",
    title: "soft accuracy, %",
    scale,
  };
  const shown = values.map(({ variant }) => variant);
  const { color } = encodePlaces("variant", placeVariants(context, shown), null);
  const shape: JsonObject = {
    field: "kind",
    type: "nominal",
    scale: { domain: kinds, range: kinds.map((kind) => shapes[kind] ?? "circle") },
    legend: { title: null, orient: "top" },
  };
  const baseLine =
    base === undefined
      ? []
      : [
          {
            data: { values: [{ base: round(100 * (base.summary.soft.mean ?? 0), 2) }] },
            mark: { type: "rule", strokeDash: [3, 3], color: INK },
            encoding: { x: { field: "base", type: "quantitative" } },
          },
        ];
  return {
    id: `${selection.id}${context.suffix}`,
    title: selection.title,
    caption:
      `${context.where}: soft accuracy with its 95 % interval, clustered by sample; dashed: base. ` +
      `${describeCount(context)}.${reported.length > 0 ? ' "paper": reported by the paper, with other models and hardware.' : ""}`,
    spec: {
      width: 400,
      height: { step: 26 },
      layer: [
        ...baseLine,
        {
          data: { values },
          mark: { type: "rule", strokeWidth: 2 },
          encoding: {
            y,
            x: {
              field: "low",
              type: "quantitative",
              title: x["title"] ?? null,
              scale,
            },
            x2: { field: "high" },
            color,
          },
        },
        {
          data: { values },
          mark: { type: "point", size: 90 },
          encoding: { y, x, shape, color },
        },
        ...(reported.length === 0
          ? []
          : [
              {
                data: { values: reported },
                mark: { type: "point", size: 110, color: INK },
                encoding: { y, x, shape },
              },
            ]),
      ],
    },
  };
}
