import { quantile } from "../../domain/statistics/statistics.js";
import type { FigureContext } from "./context.js";
import { listVariants, placeVariants, round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import { encodePlaces } from "./theme.js";

/** Training loss over steps: median and interquartile range over all adapters. */
export function draftLosses(context: FigureContext): FigureDraft | null {
  const counts: string[] = [];
  const values = listVariants(context).flatMap(({ summary, label }) => {
    const losses = context.rows
      .filter((row) => row.variant === summary.variant)
      .map((row) => row.trace.training?.losses ?? [])
      .filter((curve) => curve.length > 0);
    if (losses.length === 0) return [];
    counts.push(`${label} ${losses.length}`);
    const steps = Math.max(...losses.map((curve) => curve.length));
    return Array.from({ length: steps }, (_, step) => {
      const at = losses.map((curve) => curve[step]).filter((loss) => loss !== undefined);
      return {
        variant: label,
        step: step + 1,
        median: round(quantile(at, 0.5)),
        low: round(quantile(at, 0.25)),
        high: round(quantile(at, 0.75)),
      };
    });
  });
  if (values.length === 0) return null;
  const shown = values.map(({ variant }) => variant);
  const { color, strokeDash } = encodePlaces("variant", placeVariants(context, shown), {
    orient: "right",
    symbolType: "stroke",
  });
  return {
    id: `losses${context.suffix}`,
    title: "Training loss",
    caption: `${context.where}: mean loss of the target tokens over the training steps, median and interquartile range over the adapters; the first step runs at learning rate 0. n = ${counts.join(", ")} adapters.`,
    spec: {
      width: 400,
      height: 220,
      data: { values },
      encoding: {
        x: {
          field: "step",
          type: "quantitative",
          title: "training step",
          axis: { tickMinStep: 1 },
          scale: { zero: false, nice: false },
        },
      },
      layer: [
        {
          mark: { type: "area", opacity: 0.15 },
          encoding: {
            y: { field: "low", type: "quantitative", title: "loss, nats per token" },
            y2: { field: "high" },
            color,
          },
        },
        {
          mark: { type: "line" },
          encoding: { y: { field: "median", type: "quantitative" }, color, strokeDash },
        },
      ],
    },
  };
}
