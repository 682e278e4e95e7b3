import type { ResultRow } from "../../../store/store.js";

/** Sums over the units of one run. */
export class RunTotals {
  #units = 0;
  #failed = 0;
  #unparsable = 0;
  #soft = 0;
  #strict = 0;
  #judged = 0;
  #uncertain = 0;
  #adapted = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #computeMs = 0;
  /** First start and last end, ISO 8601; "" without units. */
  startedAt = "";
  finishedAt = "";

  add(row: ResultRow): void {
    const { answer, timings } = row.trace;
    this.#units += 1;
    this.#failed += row.outcome === "failed" ? 1 : 0;
    this.#unparsable += row.outcome === "unparsable" ? 1 : 0;
    this.#soft += row.correct === true ? 1 : 0;
    this.#strict += row.correctStrict === true ? 1 : 0;
    this.#judged += row.uncertain === null ? 0 : 1;
    this.#uncertain += row.uncertain === true ? 1 : 0;
    this.#adapted += row.adapted && row.outcome !== "failed" ? 1 : 0;
    this.#promptTokens += answer?.promptTokens ?? 0;
    this.#completionTokens += answer?.completionTokens ?? 0;
    this.#computeMs += timings
      .filter(({ reusedFrom }) => reusedFrom === undefined)
      .reduce((sum, { computeMs }) => sum + computeMs, 0);
    if (this.startedAt === "" || row.startedAt < this.startedAt) this.startedAt = row.startedAt;
    if (row.finishedAt > this.finishedAt) this.finishedAt = row.finishedAt;
  }

  /** Values by name; shares of all units that have an answer, as in the report. */
  toMetrics(): Readonly<Record<string, number>> {
    const answered = this.#units - this.#failed;
    return {
      units: this.#units,
      failed_units: this.#failed,
      unparsable_answers: this.#unparsable,
      ...(answered === 0
        ? {}
        : {
            soft_accuracy: this.#soft / answered,
            strict_accuracy: this.#strict / answered,
            adapted_share: this.#adapted / answered,
          }),
      ...(this.#judged === 0 ? {} : { uncertain_share: this.#uncertain / this.#judged }),
      prompt_tokens: this.#promptTokens,
      completion_tokens: this.#completionTokens,
      compute_seconds: this.#computeMs / 1_000,
    };
  }
}
