import type { FigureContext } from "./context.js";
import { describeCount, listVariants, placeVariants, round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import { meanStepSeconds } from "./step-cost.js";
import { percentScale } from "./percent-scale.js";
import { encodePlaces } from "./theme.js";

/** Accuracy against its cost: seconds per answer, and the share of samples adapted. */
export function draftCost(context: FigureContext): FigureDraft | null {
  const variants = listVariants(context);
  if (variants.length < 2) return null;
  const cost = meanStepSeconds(context);
  const values = variants.map(({ summary, label }) => {
    const seconds = summary.steps.reduce(
      (sum, step) => sum + cost(step) * (step.computed + step.reused),
      0,
    );
    return {
      variant: label,
      seconds: round(seconds / Math.max(1, summary.n)),
      adapted: round(100 * (summary.adaptedShare ?? 0), 2),
      accuracy: round(100 * (summary.soft.mean ?? 0), 2),
    };
  });
  const names = values.map(({ variant }) => variant);
  const { color, shape } = encodePlaces("variant", placeVariants(context, names), {
    orient: "bottom",
    columns: 3,
  });
  const panel = (field: string, title: string) => ({
    width: 180,
    height: 230,
    mark: { type: "point", size: 110 },
    encoding: {
      x: { field, type: "quantitative", title, scale: { zero: true } },
      y: {
        field: "accuracy",
        type: "quantitative",
        title: "soft accuracy, %",
        scale: percentScale(values),
      },
      color,
      shape,
    },
  });
  return {
    id: `cost${context.suffix}`,
    title: "Accuracy against cost",
    caption: `${context.where}: left, compute seconds per answer, counting every step as if computed and leaving out waiting; right, share of samples answered by an adapted model. ${describeCount(context)}.`,
    spec: {
      data: { values },
      hconcat: [
        panel("seconds", "compute seconds per answer"),
        panel("adapted", "samples adapted, %"),
      ],
    },
  };
}
