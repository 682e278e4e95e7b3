import { CPU_QUEUE } from "../../../contracts/queues-and-ids.js";
import type { OpenWorkflow } from "./read-open-workflows.js";
import type { Deployment, Stall } from "./stall.js";

/** Times in a row that an engine must not answer: one slow answer is no stall. */
const TRIES = 2;

/** Finds an engine that does not answer while steps need it: hung, stopped or gone. */
export async function findSilentEngine(
  workflows: readonly OpenWorkflow[],
  isResponding: (url: string) => Promise<boolean>,
  { sweep, engineUrl, externalEngine }: Deployment,
): Promise<Stall | null> {
  const isNeeded = workflows.some(({ steps }) => steps.some(({ queue }) => queue !== CPU_QUEUE));
  if (engineUrl === null || !isNeeded) return null;
  for (let tried = 0; tried < TRIES; tried++) if (await isResponding(engineUrl)) return null;
  return {
    code: "STALLED_NO_ENGINE",
    reason: `the engine at ${engineUrl} does not answer`,
    next: externalEngine
      ? "restart that engine; its steps are tried again by themselves"
      : `npx whetstone dev down && npx whetstone resume ${sweep}`,
  };
}
