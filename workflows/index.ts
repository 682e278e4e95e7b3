/** Every workflow that the orchestrator worker serves. */
export { fineTuneWorkflow } from "./fine-tune.js";
export { partitionWorkflow } from "./partition.js";
export { sampleWorkflow } from "./sample.js";
export { sweepWorkflow } from "./sweep.js";
