import { join } from "node:path";
import type { ResultRow } from "../../store/store.js";
import type { RunningCli, Workspace } from "../e2e/workspace.js";

/** A database for each sweep, so that none reuses another's computations. */
export function databaseOf({ folder }: Workspace, sweep: string): string {
  return `sqlite:${join(folder, `${sweep}.db`)}`;
}

/** Runs the workspace's `config.yaml` as a sweep of this name, with its own database unless one is named. */
export function startRun(
  workspace: Workspace,
  sweep: string,
  databaseUrl = databaseOf(workspace, sweep),
): RunningCli {
  return workspace.start(["run", "config.yaml", "--set", `sweep=${sweep}`], {
    WHETSTONE_DATABASE_URL: databaseUrl,
  });
}

/** The rows of a sweep in its own database, or in the named one. */
export async function readRows(
  workspace: Workspace,
  sweep: string,
  databaseUrl = databaseOf(workspace, sweep),
): Promise<ResultRow[]> {
  const store = await workspace.openStore(databaseUrl);
  try {
    return await store.listResults(sweep);
  } finally {
    await store.close();
  }
}
