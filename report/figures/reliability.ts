import { listEstimators } from "./estimators.js";
import type { FigureContext } from "./context.js";
import { round } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import { encodeSeries } from "./theme.js";

/** Number of equal-sized groups of samples, by margin. */
const GROUPS = 10;

/** Base accuracy in each decile of the margin: how informative the margin is. */
export function draftReliability(context: FigureContext): FigureDraft | null {
  const estimators = listEstimators(context).filter(({ quality }) => quality.n >= 2 * GROUPS);
  if (estimators.length === 0) return null;
  const values = estimators.flatMap(({ name, quality }) => {
    const sorted = [...quality.points].sort((left, right) => left.margin - right.margin);
    return Array.from({ length: GROUPS }, (_, group) => {
      const own = sorted.slice(
        Math.floor((group * sorted.length) / GROUPS),
        Math.floor(((group + 1) * sorted.length) / GROUPS),
      );
      const right = own.filter((point) => !point.baseWrong).length;
      return {
        estimator: name,
        tenth: group + 1,
        right: round((100 * right) / own.length, 2),
        from: round(own[0]?.margin ?? 0),
        to: round(own.at(-1)?.margin ?? 0),
      };
    });
  });
  const size = Math.round((estimators[0]?.quality.n ?? 0) / GROUPS);
  return {
    id: `reliability${context.suffix}`,
    title: "Reliability of the margin",
    caption: `${context.where}: base accuracy by decile of the margin, from smallest to largest, about ${size} answers each. An informative margin gives a rising curve.`,
    spec: {
      width: 400,
      height: 220,
      data: { values },
      layer: [{ mark: { type: "line" } }, { mark: { type: "point" } }],
      encoding: {
        x: {
          field: "tenth",
          type: "ordinal",
          title: "decile of the margin",
          axis: { labelAngle: 0 },
        },
        y: {
          field: "right",
          type: "quantitative",
          title: "right with base, %",
          scale: { domain: [0, 100] },
        },
        ...encodeSeries("estimator"),
      },
    },
  };
}
