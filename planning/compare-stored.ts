import type { ConfigComparison } from "../domain/config/compare.js";
import { compareConfigs, formatDifference } from "../domain/config/compare.js";
import type { SweepIdentity } from "../domain/config/config-hash.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { Store, SweepRecord } from "../store/store.js";
import type { PlanSummary } from "./plan-summary.js";
import type { PreparedSweep } from "./prepare-sweep.js";
import { quoteWords } from "./shell-words.js";

/**
 * Compares a prepared sweep with the stored one of the same name. Throws `SWEEP_NAME_TAKEN` if the
 * stored results would not be this config's results.
 */
export async function compareWithStored(
  store: Store,
  prepared: PreparedSweep,
  stored: SweepRecord,
): Promise<Pick<PlanSummary, "state" | "added">> {
  const comparison = compare(stored, prepared);
  if (comparison.kind === "same") return { state: "same", added: [] };
  if (comparison.kind === "grown") {
    return { state: "grown", added: comparison.added.map(formatDifference) };
  }
  const name = prepared.config.sweep;
  const free = await findFreeName(store, name);
  const lines = comparison.differences.map((difference) => `  ${formatDifference(difference)}`);
  throw new WhetstoneError(
    [`Sweep ${name} is stored with another config (stored -> now):`, ...lines].join("\n"),
    {
      code: "SWEEP_NAME_TAKEN",
      hint: `Run it under a new name: ${commandWithName(prepared, free)}`,
      details: { sweep: name, freeName: free },
    },
  );
}

function compare(stored: SweepRecord, prepared: PreparedSweep): ConfigComparison {
  const identity = stored.provenance["identity"];
  if (identity !== undefined && stored.hashVersion === prepared.hashVersion) {
    return compareConfigs(identity as unknown as SweepIdentity, prepared.identity);
  }
  // Another hash version covers other fields, so they cannot be compared individually.
  const [before, now] = [stored.hashVersion, prepared.hashVersion];
  const difference = { path: ["hashVersion"], stored: before, now };
  return { kind: "conflicting", differences: [difference] };
}

async function findFreeName(store: Store, name: string): Promise<string> {
  const stem = name.replace(/-\d+$/, "");
  for (let number = 2; ; number++) {
    const candidate = `${stem}-${number}`;
    if (candidate !== name && (await store.getSweep(candidate)) === null) return candidate;
  }
}

function commandWithName(prepared: PreparedSweep, name: string): string {
  const settings = [
    ...prepared.overrides.filter((override) => !override.startsWith("sweep=")),
    `sweep=${name}`,
  ];
  const words = settings.flatMap((setting) => ["--set", setting]);
  return `npx whetstone run ${quoteWords([prepared.configPath ?? "CONFIG", ...words])}`;
}
