export * from "../../workflows/versioned.js";
export { sampleUnitsWorkflow } from "./changed-workflows.js";
