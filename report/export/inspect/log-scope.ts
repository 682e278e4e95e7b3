import type { VariantSpec } from "../../../domain/config/variant.js";
import { sha256Hex } from "../../../domain/identity/hash.js";
import type { SweepRecord } from "../../../store/store.js";
import type { ExportOptions } from "../export-source.js";

/** What one log covers. */
export interface LogScope {
  readonly record: SweepRecord;
  readonly variant: VariantSpec;
  readonly seed: number;
  readonly dataset: string;
  readonly options: ExportOptions;
}

/** The sweep's model as `provider/name`, which Inspect's tools expect. */
export function nameModel({ record }: LogScope): string {
  return `whetstone/${record.config.model}`;
}

/** An id in the length of Inspect's own, which follows from what it names: the same export has the same ids. */
export function makeId(...parts: readonly (string | number)[]): string {
  return sha256Hex(parts.join("\n")).slice(0, 22);
}
