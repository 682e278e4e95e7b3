import type { FigureContext } from "./context.js";
import { listVariants, round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import { meanStepSeconds } from "./step-cost.js";
import { GROUND, INK } from "./theme.js";

/** Steps in method order, with legend labels. */
const STEPS: Readonly<Record<string, string>> = {
  scoreUncertainty: "H score",
  gatherExamples: "gather examples",
  groundAnswer: "ground answer",
  synthesize: "G synthesize",
  measureHeldBack: "T held back",
  trainAdapter: "T train",
  infer: "I infer",
  resetAdapter: "reset",
};

/** Legend label of steps whose value another unit had computed. */
const REUSED = "reused: what computing it would cost";

/** Fills whose lightness decreases from H to I, so that the order is readable in grayscale. */
const FILLS: Readonly<Record<string, string>> = {
  "H score": "#F0E442",
  "gather examples": "#CC79A7",
  "ground answer": "#009E73",
  "G synthesize": "#56B4E9",
  "T held back": "#E69F00",
  "T train": "#D55E00",
  "I infer": "#00507D",
  reset: INK,
  [REUSED]: GROUND,
};

/** Compute seconds by step and variant; reused steps and waiting time stand beside them. */
export function draftTime(context: FigureContext): FigureDraft | null {
  const cost = meanStepSeconds(context);
  const values = listVariants(context).flatMap(({ summary, label }) => [
    ...summary.steps.map((step) => ({
      variant: label,
      step: STEPS[step.step] ?? step.step,
      order: Object.keys(STEPS).indexOf(step.step),
      seconds: round(step.total / Math.max(1, summary.n)),
    })),
    {
      variant: label,
      step: REUSED,
      order: 9,
      seconds: round(
        summary.steps.reduce((sum, step) => sum + cost(step) * step.reused, 0) /
          Math.max(1, summary.n),
      ),
    },
    {
      variant: label,
      step: "waiting",
      order: 10,
      seconds: round(
        summary.steps.reduce((sum, step) => sum + step.queueMean * step.computed, 0) /
          Math.max(1, summary.n),
      ),
    },
  ]);
  if (values.every(({ seconds }) => seconds === 0)) return null;
  const names = [...Object.values(STEPS), REUSED, "waiting"].filter((step) =>
    values.some((value) => value.step === step && value.seconds > 0),
  );
  return {
    id: `time${context.suffix}`,
    title: "Where the time goes",
    caption: `${context.where}: seconds per answer that this sweep spent.${names.includes(REUSED) ? " White: steps whose value another unit had computed; they cost nothing here, and the length is what computing them costs on average." : ""} n = ${listVariants(context)[0]?.summary.n ?? 0} answers per variant.`,
    spec: {
      width: 400,
      height: { step: 24 },
      data: { values },
      // A stroke separates adjacent bars in grayscale, and pale bars from the background.
      mark: { type: "bar", stroke: INK, strokeWidth: 0.6 },
      encoding: {
        y: { field: "variant", type: "nominal", sort: null, title: null },
        x: { field: "seconds", type: "quantitative", title: "seconds per answer" },
        order: { field: "order", type: "quantitative" },
        color: {
          field: "step",
          type: "nominal",
          scale: {
            domain: names,
            range: names.map((name) => FILLS[name] ?? "#DDE1E4"),
          },
          legend: { title: null, orient: "top", columns: 4 },
        },
      },
    },
  };
}
