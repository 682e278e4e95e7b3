import { isBase } from "../../domain/methods/methods.js";
import type { JsonValue } from "../../domain/json/value.js";
import { canonicalJson } from "../../domain/json/canonical.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { FigureContext, NamedVariant } from "./context.js";
import { describeCount, listVariants, round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import type { PaperPoint } from "./paper-point.js";
import { ofUsualModel } from "./paper-point.js";
import { percentScale } from "./percent-scale.js";
import { encodePlaces, INK } from "./theme.js";

/** A parameter that variants may differ in, with the texts of its figure. */
export interface Parameter {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  /** Set if the parameter is a count: no ticks between whole numbers. */
  readonly counts?: true;
  /** The parameter's value; null for variants without it. */
  readonly read: (variant: NamedVariant) => number | null;
  /** The specification without the parameter: equal for variants on one line. */
  readonly without: (spec: VariantSpec) => JsonValue;
  /** Label beside each point. */
  readonly label?: (variant: NamedVariant) => string;
}

/**
 * Accuracy over one parameter, with one line per group of variants that differ only in that
 * parameter. Null if no two variants do.
 */
export function draftParameter(
  context: FigureContext,
  parameter: Parameter,
  paper: readonly PaperPoint[] = [],
): FigureDraft | null {
  const variants = listVariants(context);
  const groups = new Map<string, { variant: NamedVariant; value: number }[]>();
  for (const variant of variants) {
    const value = parameter.read(variant);
    if (value === null) continue;
    const key = canonicalJson(parameter.without(variant.spec));
    groups.set(key, [...(groups.get(key) ?? []), { variant, value }]);
  }
  const lines = [...groups.values()].filter(
    (group) => new Set(group.map(({ value }) => value)).size > 1,
  );
  if (lines.length === 0) return null;
  const values = lines.flatMap((group) =>
    group.map(({ variant, value }) => ({
      line: nameLine(group),
      value: round(value),
      accuracy: round(100 * (variant.summary.soft.mean ?? 0), 2),
      low: round(100 * (variant.summary.statistics.interval?.low ?? 0), 2),
      high: round(100 * (variant.summary.statistics.interval?.high ?? 0), 2),
      text: parameter.label?.(variant) ?? "",
    })),
  );
  const reported = lines.flatMap((group) =>
    group.flatMap(({ variant, value }) =>
      ofUsualModel(paper)
        .filter((point) => point.variant === variant.summary.variant)
        .map(({ accuracy }) => ({
          line: nameLine(group),
          value: round(value),
          accuracy,
          text: "paper",
        })),
    ),
  );
  // A line has the color of its first variant.
  const { color, shape } = encodePlaces(
    "line",
    new Map(
      lines.map((group) => [
        nameLine(group),
        variants.findIndex((variant) => variant === group[0]?.variant),
      ]),
    ),
    {},
  );
  const base = variants.find(({ summary }) => isBase(summary.method));
  const x = {
    field: "value",
    type: "quantitative",
    title: parameter.axis,
    scale: { zero: false, nice: false, padding: 28 },
    axis: parameter.counts === true ? { tickMinStep: 1, format: "d" } : {},
  };
  const bounds = [
    ...values.flatMap(({ low, high }) => [low, high]),
    ...reported.map(({ accuracy }) => accuracy),
  ];
  const scale = {
    domain: [Math.min(...bounds), Math.max(...bounds)],
    ...percentScale([...values, ...reported]),
  };
  const y = {
    field: "accuracy",
    type: "quantitative",
    title: "soft accuracy, %",
    scale,
  };
  return {
    id: `${parameter.id}${context.suffix}`,
    title: parameter.title,
    caption: `${context.where}: soft accuracy with its 95 % interval, clustered by sample; dashed: base. ${describeCount(context)}.${reported.length > 0 ? ' "paper": reported by the paper, with other models and hardware.' : ""}`,
    spec: {
      width: 400,
      height: 240,
      layer: [
        ...(base === undefined
          ? []
          : [
              {
                data: { values: [{ base: round(100 * (base.summary.soft.mean ?? 0), 2) }] },
                mark: { type: "rule", strokeDash: [3, 3], color: INK },
                encoding: { y: { field: "base", type: "quantitative" } },
              },
            ]),
        {
          data: { values },
          layer: [
            {
              mark: { type: "rule", opacity: 0.6 },
              encoding: {
                x,
                y: { field: "low", type: "quantitative", title: y.title, scale },
                y2: { field: "high" },
                color,
              },
            },
            { mark: { type: "line" }, encoding: { x, y, color, shape } },
            { mark: { type: "point" }, encoding: { x, y, color, shape } },
            {
              mark: { type: "text", dy: -12, align: "left", dx: 5 },
              encoding: { x, y, text: { field: "text", type: "nominal" } },
            },
          ],
        },
        ...(reported.length === 0
          ? []
          : [
              {
                data: { values: reported },
                layer: [
                  {
                    mark: { type: "point", shape: "cross", size: 130 },
                    encoding: { x, y, color },
                  },
                  {
                    mark: { type: "text", dy: 4, align: "left", dx: 10 },
                    encoding: { x, y, text: { field: "text", type: "nominal" } },
                  },
                ],
              },
            ]),
      ],
    },
  };
}

/** Name of a line: the method, and the estimator if it is not the default. */
function nameLine(group: readonly { variant: NamedVariant }[]): string {
  const spec = group[0]?.variant.spec;
  if (spec === undefined) return "";
  return spec.estimator.kind === "rss" ? spec.method : `${spec.method}, ${spec.estimator.kind}`;
}
