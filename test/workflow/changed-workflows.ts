import { sleep } from "@temporalio/workflow";
import { sampleWorkflow as released } from "../../workflows/index.js";
import type { SampleInput, SampleResult } from "../../contracts/sample-input.js";

export * from "../../workflows/index.js";

/** A later release whose units issue another first command, without `patched`: it cannot go on with open units. */
export async function sampleWorkflow(input: SampleInput): Promise<SampleResult> {
  await sleep(1);
  return released(input);
}
