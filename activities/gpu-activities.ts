import type { GpuDependencies } from "./dependencies.js";
import { withFailures } from "./failures.js";
import type { InferInput, InferResult } from "./infer.js";
import { createInfer } from "./infer.js";
import type { ResetAdapterInput, ResetAdapterResult } from "./reset-adapter.js";
import { createResetAdapter } from "./reset-adapter.js";
import type { ScoreUncertaintyInput, ScoreUncertaintyResult } from "./score-uncertainty.js";
import { createScoreUncertainty } from "./score-uncertainty.js";
import { SharedSteps } from "./shared-steps.js";
import type { SynthesizeInput, SynthesizeResult } from "./synthesize.js";
import { createSynthesize } from "./synthesize.js";
import type { TrainAdapterInput, TrainAdapterResult } from "./train-adapter.js";
import { createTrainAdapter } from "./train-adapter.js";

/** The paper's steps H, G, T, I and the reset, as activities beside an engine. None reads gold. */
export type GpuActivities = {
  scoreUncertainty(input: ScoreUncertaintyInput): Promise<ScoreUncertaintyResult>;
  synthesize(input: SynthesizeInput): Promise<SynthesizeResult>;
  trainAdapter(input: TrainAdapterInput): Promise<TrainAdapterResult>;
  infer(input: InferInput): Promise<InferResult>;
  resetAdapter(input: ResetAdapterInput): Promise<ResetAdapterResult>;
};

/** Makes the activities of one GPU worker process. */
export function createGpuActivities(dependencies: GpuDependencies): GpuActivities {
  const steps = new SharedSteps(dependencies.store);
  return {
    scoreUncertainty: withFailures(createScoreUncertainty(dependencies, steps)),
    synthesize: withFailures(createSynthesize(dependencies, steps)),
    trainAdapter: withFailures(createTrainAdapter(dependencies, steps)),
    infer: withFailures(createInfer(dependencies, steps)),
    resetAdapter: withFailures(createResetAdapter(dependencies)),
  };
}
