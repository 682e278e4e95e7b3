import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { repositoryRoot } from "../../infra/repository.js";
import type { Harness } from "../workflow/harness.js";

const folder = join(repositoryRoot, "test", "replay", "histories");

/** Writes the history of a workflow's latest run as `<name>.json`. */
export async function record(harness: Harness, name: string, workflowId: string): Promise<void> {
  const history = await harness.client.workflow.getHandle(workflowId).fetchHistory();
  // Stack traces name the recording machine's folders.
  const text = historyToJSON(history).replaceAll(repositoryRoot, "");
  writeFileSync(join(folder, `${name}.json`), `${text}\n`);
  console.log(`${name}: ${workflowId}, ${history.events?.length ?? 0} events`);
}
