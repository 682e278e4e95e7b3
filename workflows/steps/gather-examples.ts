import { proxyActivities } from "@temporalio/workflow";
import type { ExampleActivities } from "../../contracts/steps/gather-examples.js";
import type { SyntheticPair } from "../../domain/units/trace.js";
import type { UnitRun } from "../unit-run.js";
import { CPU_QUEUE } from "../../contracts/queues-and-ids.js";

const { gatherExamples: gather } = proxyActivities<ExampleActivities>({
  taskQueue: CPU_QUEUE,
  startToCloseTimeout: "2m",
  retry: { maximumInterval: "10s" },
});

/** Gets labeled examples for the unit: from its training split, or its own gold if the sweep allows that. */
export async function gatherExamples(run: UnitRun): Promise<readonly SyntheticPair[]> {
  const { unit, variant, plan } = run.input;
  const { pairs, timing } = await gather.executeWithOptions(
    { summary: run.label(`labeled examples for ${variant.method}`) },
    [{ unit, plan, variant }],
  );
  run.note({ demonstrations: pairs }, timing);
  return pairs;
}
