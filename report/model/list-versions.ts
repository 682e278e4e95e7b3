import type { ResultRow } from "../../store/store.js";

/** Who made results: versions of the tool and of the engine, each with the number of its units. */
export interface UnitVersions {
  readonly tool: Readonly<Record<string, number>>;
  /** Where an answer came from another server, or from an engine that did not say: "unknown". */
  readonly engine: Readonly<Record<string, number>>;
}

/** Counts the versions that made a sweep's results; more than one means that it was upgraded. */
export function listVersions(rows: readonly ResultRow[]): UnitVersions {
  return {
    tool: count(rows.map((row) => row.toolVersion)),
    engine: count(rows.map((row) => row.engineVersion)),
  };
}

function count(versions: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const version of [...versions].sort()) {
    const name = version === "" ? "unknown" : version;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
