import { Adaptations } from "../support/adaptations.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import { createInfer } from "./infer.js";
import { createMeasureHeldBack } from "./measure-held-back.js";
import { createResetAdapter } from "./reset-adapter.js";
import { createScoreUncertainty } from "./score-uncertainty.js";
import { createFindStretch, createTrainStretch } from "./train-stretch.js";
import { SharedSteps } from "../support/shared-steps.js";
import { createSynthesize } from "./synthesize.js";
import { createTrainAdapter } from "./train-adapter.js";
import type { GpuActivities } from "../../contracts/steps/gpu-activities.js";

/** Creates the activities of one GPU worker process. */
export function createGpuActivities(dependencies: GpuDependencies): GpuActivities {
  const steps = new SharedSteps(dependencies.store);
  const adaptations = new Adaptations();
  return {
    scoreUncertainty: withFailures(createScoreUncertainty(dependencies, steps)),
    synthesize: withFailures(createSynthesize(dependencies, steps)),
    trainAdapter: withFailures(createTrainAdapter(dependencies, steps, adaptations)),
    infer: withFailures(createInfer(dependencies, steps, adaptations)),
    measureHeldBack: withFailures(createMeasureHeldBack(dependencies, steps)),
    resetAdapter: withFailures(createResetAdapter(dependencies, adaptations)),
    findStretch: withFailures(createFindStretch(dependencies)),
    trainStretch: withFailures(createTrainStretch(dependencies)),
  };
}
