import { sleep } from "@temporalio/workflow";
import { sampleUnitsWorkflow as released } from "../../workflows/index.js";
import type { SampleUnitsInput, SampleUnitsResult } from "../../contracts/sample-input.js";

export * from "../../workflows/index.js";

/** A later release whose samples issue another first command, without `patched`: it cannot go on with open samples. */
export async function sampleUnitsWorkflow(input: SampleUnitsInput): Promise<SampleUnitsResult> {
  await sleep(1);
  return released(input);
}
