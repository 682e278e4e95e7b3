import type { JsonObject } from "../../domain/json/value.js";

/** One figure of a report: its drawing and its specification. */
export interface Figure {
  /** Also the file name: "figure-2-left", "cost". */
  readonly id: string;
  readonly title: string;
  /** What the figure shows, over how many units, and any caveats. */
  readonly caption: string;
  /** Vega-Lite, data included. */
  readonly spec: JsonObject;
  readonly svg: string;
}
