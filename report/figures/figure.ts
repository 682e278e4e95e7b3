import type { JsonObject } from "../../domain/json/value.js";

/** One picture of a report, as drawn and as specified. */
export interface Figure {
  /** Also the file's name: "figure-2-left", "cost". */
  readonly id: string;
  readonly title: string;
  /** What is shown, of how many; and what a reader should know before believing it. */
  readonly caption: string;
  /** Vega-Lite, data included. */
  readonly spec: JsonObject;
  readonly svg: string;
}
