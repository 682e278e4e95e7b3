import { isBase } from "../../domain/methods/methods.js";
import type { FigureContext, NamedVariant } from "./context.js";
import { listVariants, placeVariants, round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import type { PaperPoint } from "./paper-point.js";
import { percentScale } from "./percent-scale.js";
import { encodePlaces } from "./theme.js";

/**
 * Accuracy of the same variants by model (the paper's Figure 2, right), for each dataset that was
 * run with several models. Models are ordered by base accuracy; the paper's models, if requested,
 * come last and are marked.
 */
export function draftScales(
  contexts: readonly FigureContext[],
  paper: (context: FigureContext) => readonly PaperPoint[],
): FigureDraft[] {
  const datasets = [...new Set(contexts.map(({ dataset }) => dataset.dataset))];
  return datasets.flatMap((name) => {
    const own = contexts.filter(({ dataset }) => dataset.dataset === name);
    const models = new Set(own.map(({ sweep }) => sweep.record.config.model));
    if (models.size < 2) return [];
    const draft = draftScale(own, own.flatMap(paper));
    return draft === null
      ? []
      : [{ ...draft, id: `${draft.id}${datasets.length > 1 ? `-${name}` : ""}` }];
  });
}

function draftScale(
  contexts: readonly FigureContext[],
  paper: readonly PaperPoint[],
): FigureDraft | null {
  const ordered = [...contexts].sort((left, right) => baseOf(left) - baseOf(right));
  const counts = new Map<string, number>();
  const rows = ordered.flatMap((context) =>
    listVariants(context).map((variant) => {
      const { label } = variant;
      counts.set(label, (counts.get(label) ?? 0) + 1);
      return { ...point(variant), variant: label, model: shortName(context) };
    }),
  );
  const shared = new Set([...counts].filter(([, count]) => count > 1).map(([label]) => label));
  const values = rows.filter(({ variant }) => shared.has(variant));
  if (values.length === 0) return null;
  const reported = uniquePoints(paper)
    .filter(({ variant }) => shared.has(variant))
    .map(({ variant, accuracy, model }) => ({
      variant,
      accuracy,
      model: `paper: ${model ?? ""}`,
    }));
  const models = [...values, ...reported].map(({ model }) => model);
  const x = {
    field: "model",
    type: "nominal",
    sort: [...new Set(models)],
    title: null,
    axis: { labelAngle: 0, labelLimit: 140, labelExpr: "split(datum.label, ': ')" },
  };
  const y = {
    field: "accuracy",
    type: "quantitative",
    title: "soft accuracy, %",
    scale: percentScale([...values, ...reported]),
  };
  // Offset sideways, because many variants have similar accuracies.
  const xOffset = { field: "variant", type: "nominal", sort: null, scale: { paddingOuter: 2 } };
  const { color, shape } = encodePlaces("variant", placeShared(ordered, [...shared]), {});
  const series = { color, shape, xOffset };
  const where = ordered.map((context) => `${shortName(context)} ${countSamples(context)}`);
  return {
    id: "figure-2-right-models",
    title: "Accuracy over the model (the paper's Figure 2, right)",
    caption:
      `${ordered[0]?.dataset.dataset ?? ""}: soft accuracy with its 95 % interval, clustered by sample. ` +
      `n = ${where.join(", ")} samples.${reported.length > 0 ? ' "paper": reported by the paper, not ours.' : ""}`,
    spec: {
      width: 400,
      height: 240,
      layer: [
        {
          data: { values },
          layer: [
            {
              mark: { type: "rule", opacity: 0.5 },
              encoding: {
                x,
                y: { field: "low", type: "quantitative", title: y.title, scale: y.scale },
                y2: { field: "high" },
                color,
                xOffset,
              },
            },
            { mark: { type: "point" }, encoding: { x, y, ...series } },
          ],
        },
        ...(reported.length === 0
          ? []
          : [
              {
                data: { values: reported },
                mark: { type: "point" },
                encoding: { x, y, ...series },
              },
            ]),
      ],
    },
  };
}

/** Each variant's place in the first sweep that has it, as in that sweep's own figures. */
function placeShared(
  contexts: readonly FigureContext[],
  shared: readonly string[],
): ReadonlyMap<string, number> {
  return new Map(
    shared.flatMap((label) => {
      const own = contexts.find((context) =>
        listVariants(context).some((variant) => variant.label === label),
      );
      return own === undefined ? [] : [...placeVariants(own, [label])];
    }),
  );
}

function point({ summary }: NamedVariant) {
  const mean = summary.soft.mean ?? 0;
  return {
    accuracy: round(100 * mean, 2),
    low: round(100 * (summary.statistics.interval?.low ?? mean), 2),
    high: round(100 * (summary.statistics.interval?.high ?? mean), 2),
  };
}

/** Base accuracy; 0 for a sweep without a base variant. */
function baseOf(context: FigureContext): number {
  return (
    listVariants(context).find(({ summary }) => isBase(summary.method))?.summary.soft.mean ?? 0
  );
}

/** Model name without its folder. */
function shortName(context: FigureContext): string {
  const { model } = context.sweep.record.config;
  return model.replace(/\/+$/, "").split("/").at(-1) ?? model;
}

function countSamples(context: FigureContext): number {
  return new Set(context.rows.map((row) => row.sampleKey)).size;
}

function uniquePoints(points: readonly PaperPoint[]): PaperPoint[] {
  return [...new Map(points.map((each) => [`${each.model ?? ""}/${each.variant}`, each])).values()];
}
