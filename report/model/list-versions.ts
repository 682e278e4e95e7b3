import type { ResultRow } from "../../store/store.js";

/** Versions of the tool and of the engine that produced results, with their unit counts. */
export interface UnitVersions {
  readonly tool: Readonly<Record<string, number>>;
  /** "unknown" if an answer came from another server or from an engine that reported no version. */
  readonly engine: Readonly<Record<string, number>>;
}

/**
 * Counts the versions that produced a sweep's results; more than one means that the sweep ran
 * across an upgrade.
 */
export function listVersions(
  rows: readonly Pick<ResultRow, "toolVersion" | "engineVersion">[],
): UnitVersions {
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
