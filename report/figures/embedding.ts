import { UMAP } from "umap-js";
import { createRandom } from "../../domain/identity/random.js";
import { requestText } from "../../domain/samples/request-text.js";
import type { ReportUnit } from "../model/report-unit.js";
import { countOwnPairs } from "../model/unit-reducer.js";
import type { FigureContext } from "./context.js";
import { round } from "./context.js";
import { findContours } from "./density-contours.js";
import type { FigureDraft } from "./draw-figure.js";
import { embedTexts } from "./text-vectors.js";

/** Maximum number of test queries drawn; more are slower and show nothing new. */
const MOST_QUERIES = 400;

/** A sample that has gone meanwhile. */
const NO_TEXTS = { messages: [] };

/** UMAP epochs. */
const EPOCHS = 200;

/**
 * Test queries in the plane (UMAP), over their density, with the uncertain sample that has the most
 * synthetic pairs, and those pairs (the paper's Figure 7).
 */
export async function draftEmbedding(context: FigureContext): Promise<FigureDraft | null> {
  const shown = findShown(context.rows);
  const samples = [...context.sweep.samples.values()]
    .filter(({ sample }) => sample.dataset === context.dataset.dataset)
    .sort((left, right) => left.sample.row - right.sample.row);
  if (shown === null || samples.length < 16) return null;
  const step = Math.max(1, samples.length / MOST_QUERIES);
  const drawn = samples.filter(
    ({ sample }, place) =>
      sample.key === shown.sampleKey || Math.floor(place / step) !== Math.floor((place - 1) / step),
  );
  const pairs = shown.trace.synthesis?.pairs ?? [];
  const read = await context.sweep.texts.readSamples(
    context.dataset.dataset,
    drawn.map(({ sample }) => sample.key),
  );
  const texts = [
    ...drawn.map(({ sample }) => requestText(read.get(sample.key)?.sample ?? NO_TEXTS)),
    ...pairs.map((pair) => `${pair.instruction} ${pair.input}`.trim()),
  ];
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(12, drawn.length - 1),
    minDist: 0.15,
    nEpochs: EPOCHS,
    random: createRandom("figure-7"),
  });
  const places = umap
    .fit(embedTexts(texts))
    .map(([x = 0, y = 0]) => ({ x: round(x, 3), y: round(y, 3) }));
  const kinds = ["test query", "the uncertain sample", "its synthetic pairs"] as const;
  const values = places.map((place, position) => {
    const entry = drawn[position];
    const kind = entry === undefined ? 2 : entry.sample.key === shown.sampleKey ? 1 : 0;
    return { ...place, kind: kinds[kind] };
  });
  const contours = findContours(places.slice(0, drawn.length)).map((piece) => ({
    x: round(piece.x, 3),
    y: round(piece.y, 3),
    x2: round(piece.x2, 3),
    y2: round(piece.y2, 3),
    level: piece.level,
  }));
  const axis = { axis: null, scale: { zero: false, nice: false } };
  const x = { field: "x", type: "quantitative", ...axis };
  const y = { field: "y", type: "quantitative", ...axis };
  return {
    id: `figure-7-embedding${context.suffix}`,
    title: "An uncertain sample among the test queries (the paper's Figure 7)",
    caption: `${context.where}: UMAP of ${drawn.length} of ${samples.length} test queries by their words (tf-idf, not a language model), with sample ${shown.sampleKey} of ${shown.variant} and its ${pairs.length} synthetic ${pairs.length === 1 ? "pair" : "pairs"}; lines: density of the queries. Neighborhoods are meaningful; large distances are not.`,
    spec: {
      width: 420,
      height: 320,
      layer: [
        {
          data: { values: contours },
          mark: { type: "rule", color: "#8a939c", strokeWidth: 0.8 },
          encoding: { x, y, x2: { field: "x2" }, y2: { field: "y2" } },
        },
        {
          data: { values },
          mark: { type: "point" },
          encoding: {
            x,
            y,
            color: {
              field: "kind",
              type: "nominal",
              scale: {
                domain: kinds,
                range: ["#56B4E9", "#D55E00", "#009E73"],
              },
              legend: { title: null, orient: "top" },
            },
            shape: {
              field: "kind",
              type: "nominal",
              scale: { domain: kinds, range: ["circle", "diamond", "triangle-up"] },
              legend: { title: null, orient: "top" },
            },
            size: {
              field: "kind",
              type: "nominal",
              scale: { domain: kinds, range: [26, 170, 110] },
              legend: null,
            },
          },
        },
      ],
    },
  };
}

/** The uncertain unit with the most pairs of its own; ties go to the first key. */
export function findShown(rows: readonly ReportUnit[]): ReportUnit | null {
  const count = ({ trace }: ReportUnit) => countOwnPairs(trace);
  const [first] = rows
    .filter((row) => row.uncertain === true && count(row) > 0)
    .sort((left, right) => count(right) - count(left) || (left.unitKey < right.unitKey ? -1 : 1));
  return first ?? null;
}
