/** All workflows that the orchestrator worker runs. */
export { fineTuneWorkflow } from "./fine-tune.js";
export { partitionWorkflow } from "./partition.js";
export { sampleWorkflow } from "./sample.js";
export { sampleUnitsWorkflow } from "./sample-units.js";
export { serveRequestWorkflow } from "./serve-request.js";
export { sweepWorkflow } from "./sweep.js";
