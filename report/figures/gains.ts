import { formatP } from "../page/format.js";
import type { FigureContext } from "./context.js";
import { listVariants } from "./context.js";
import type { FigureDraft } from "./draw-figure.js";
import { RIGHT, WRONG } from "./theme.js";

/** Gains and losses of each variant against each control, unit by unit. */
export function draftGains(context: FigureContext): FigureDraft | null {
  const values = listVariants(context).flatMap(({ summary, label }) =>
    summary.statistics.against.flatMap(({ control, gained, lost, p }) => [
      {
        variant: label,
        control,
        units: gained,
        kind: "gained",
        p: `p ${formatP(p)}`,
        at: gained,
      },
      { variant: label, control, units: -lost, kind: "lost", p: "", at: 0 },
    ]),
  );
  if (values.length === 0) return null;
  const units = listVariants(context)[0]?.summary.n ?? 0;
  return {
    id: `gains${context.suffix}`,
    title: "Gain over each control",
    caption: `${context.where}: units right with the variant and wrong with the control (gained), and the reverse (lost), with the p-value of the comparison; n = ${units} units per variant. Equal bars: training added nothing beyond the control.`,
    spec: {
      data: { values },
      facet: {
        row: {
          field: "control",
          type: "nominal",
          sort: null,
          title: null,
          // Above its rows: beside them, the names of controls with one variant each would overlap.
          header: { labelOrient: "top", labelAnchor: "start", labelPadding: 2 },
        },
      },
      spec: {
        width: 360,
        height: { step: 20 },
        layer: [
          {
            mark: { type: "bar" },
            encoding: {
              x: {
                field: "units",
                type: "quantitative",
                title: "units: lost | gained",
                axis: { tickMinStep: 1, labelExpr: "format(abs(datum.value), 'd')" },
              },
              color: {
                field: "kind",
                type: "nominal",
                scale: { domain: ["gained", "lost"], range: [RIGHT, WRONG] },
                legend: { title: null, orient: "top" },
              },
            },
          },
          {
            mark: { type: "text", align: "left", dx: 5 },
            encoding: {
              x: { field: "at", type: "quantitative" },
              text: { field: "p", type: "nominal" },
            },
          },
        ],
        encoding: { y: { field: "variant", type: "nominal", sort: null, title: null } },
      },
    },
  };
}
