import { Adaptations } from "../support/adaptations.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { withFailures } from "../support/failures.js";
import type { InferInput, InferResult } from "./infer.js";
import { createInfer } from "./infer.js";
import type { MeasureHeldBackInput, MeasureHeldBackResult } from "./measure-held-back.js";
import { createMeasureHeldBack } from "./measure-held-back.js";
import type { ResetAdapterInput, ResetAdapterResult } from "./reset-adapter.js";
import { createResetAdapter } from "./reset-adapter.js";
import type { ScoreUncertaintyInput, ScoreUncertaintyResult } from "./score-uncertainty.js";
import { createScoreUncertainty } from "./score-uncertainty.js";
import type {
  FindStretchInput,
  FindStretchResult,
  TrainStretchInput,
  TrainStretchResult,
} from "./train-stretch.js";
import { createFindStretch, createTrainStretch } from "./train-stretch.js";
import { SharedSteps } from "../support/shared-steps.js";
import type { SynthesizeInput, SynthesizeResult } from "./synthesize.js";
import { createSynthesize } from "./synthesize.js";
import type { TrainAdapterInput, TrainAdapterResult } from "./train-adapter.js";
import { createTrainAdapter } from "./train-adapter.js";

/**
 * The paper's steps H, G, T, I and the reset, and the training of a sweep's one adapter (sft), as activities beside an
 * engine. None reads gold; what sft trains on comes from the cpu side.
 */
export type GpuActivities = {
  scoreUncertainty(input: ScoreUncertaintyInput): Promise<ScoreUncertaintyResult>;
  synthesize(input: SynthesizeInput): Promise<SynthesizeResult>;
  trainAdapter(input: TrainAdapterInput): Promise<TrainAdapterResult>;
  infer(input: InferInput): Promise<InferResult>;
  measureHeldBack(input: MeasureHeldBackInput): Promise<MeasureHeldBackResult>;
  resetAdapter(input: ResetAdapterInput): Promise<ResetAdapterResult>;
  findStretch(input: FindStretchInput): Promise<FindStretchResult>;
  trainStretch(input: TrainStretchInput): Promise<TrainStretchResult>;
};

/** Makes the activities of one GPU worker process. */
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
