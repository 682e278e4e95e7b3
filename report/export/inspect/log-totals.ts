import type { ResultRow } from "../../../store/store.js";
import { addUsage, type InspectSample, type ModelUsage } from "./types.js";

/** Sums over the samples of one log. */
export class LogTotals {
  readonly ids: string[] = [];
  readonly usage: Record<string, ModelUsage> = {};
  /** Samples that have an answer; the others failed. */
  completed = 0;
  soft = 0;
  strict = 0;
  /** The first start and the last end, ISO 8601. */
  startedAt = "";
  completedAt = "";

  add(row: ResultRow, sample: InspectSample): void {
    this.ids.push(sample.id);
    for (const [model, usage] of Object.entries(sample.model_usage)) {
      this.usage[model] = addUsage(this.usage[model], usage);
    }
    if (this.startedAt === "" || row.startedAt < this.startedAt) this.startedAt = row.startedAt;
    if (row.finishedAt > this.completedAt) this.completedAt = row.finishedAt;
    if (row.outcome === "failed") return;
    this.completed += 1;
    if (row.correct === true) this.soft += 1;
    if (row.correctStrict === true) this.strict += 1;
  }
}
