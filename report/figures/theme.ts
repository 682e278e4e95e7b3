import type { JsonObject } from "../../domain/json/value.js";

/** Colors of text, rules and background that the report's page can replace for dark mode. */
export const INK = "#1d2329";
const RULE = "#e3e5e8";
export const GROUND = "#ffffff";

/** Right and gained, wrong and lost: Okabe and Ito's green and vermilion, as on the report's page. */
export const RIGHT = "#009E73";
export const WRONG = "#D55E00";

/**
 * Colors of series. Okabe and Ito's colorblind-safe palette without yellow, which is too pale, and
 * without the colors of right and wrong; indigo, olive and wine are Tol's.
 */
const COLOURS = ["#0072B2", "#E69F00", "#56B4E9", "#CC79A7", "#332288", "#999933", "#882255", INK];

/** Shapes and dashes paired with the colors, so that no information depends on color alone. */
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke"];
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [4, 1],
  [1, 3],
  [10, 2],
];

/** Vega-Lite settings shared by all figures. */
export const THEME: JsonObject = {
  background: GROUND,
  font: "system-ui, -apple-system, 'Segoe UI', Arial, sans-serif",
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    gridColor: RULE,
    domainColor: RULE,
    tickColor: RULE,
    titlePadding: 8,
    labelLimit: 220,
  },
  header: { labelColor: INK, titleColor: INK, labelFontSize: 12 },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    symbolStrokeWidth: 2,
    symbolFillColor: INK,
    labelLimit: 220,
  },
  range: { category: COLOURS, symbol: SHAPES },
  text: { color: INK, fontSize: 11 },
  rule: { color: INK },
  point: { filled: true, size: 70, opacity: 1 },
  line: { strokeWidth: 2 },
};

/** Encodes one field as both color and shape, so that one legend covers both. */
export function encodeSeries(field: string): JsonObject {
  const legend = { title: null, symbolOpacity: 1 };
  return {
    color: { field, type: "nominal", sort: null, scale: { range: COLOURS }, legend },
    shape: { field, type: "nominal", sort: null, scale: { range: SHAPES }, legend },
  };
}

/**
 * Encodes one field as color, shape and dash by fixed places: name to place in the list of all
 * series, so that a series looks the same in every figure. Styles repeat with different periods,
 * which keeps pairs unique.
 */
export function encodePlaces(
  field: string,
  places: ReadonlyMap<string, number>,
  legend: JsonObject | null,
): { readonly color: JsonObject; readonly shape: JsonObject; readonly strokeDash: JsonObject } {
  const shapes = SHAPES.slice(0, -2);
  const encode = (styles: readonly (string | number[])[]): JsonObject => ({
    field,
    type: "nominal",
    sort: null,
    scale: {
      domain: [...places.keys()],
      range: [...places.values()].map((place) => styles[place % styles.length] ?? INK),
    },
    legend: legend === null ? null : { title: null, symbolOpacity: 1, ...legend },
  });
  return { color: encode(COLOURS), shape: encode(shapes), strokeDash: encode(DASHES) };
}

/** Encodes one field as both color and dash, for lines without points. */
export function encodeLines(field: string, orient: "right" | "bottom" = "right"): JsonObject {
  const legend = { title: null, orient, symbolType: "stroke", symbolOpacity: 1 };
  return {
    color: { field, type: "nominal", sort: null, scale: { range: COLOURS }, legend },
    strokeDash: { field, type: "nominal", sort: null, scale: { range: DASHES }, legend },
  };
}
