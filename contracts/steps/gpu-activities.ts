import type { InferInput, InferResult } from "./infer.js";
import type { MeasureHeldBackInput, MeasureHeldBackResult } from "./measure-held-back.js";
import type { ResetAdapterInput, ResetAdapterResult } from "./reset-adapter.js";
import type { ScoreUncertaintyInput, ScoreUncertaintyResult } from "./score-uncertainty.js";
import type {
  FindStretchInput,
  FindStretchResult,
  TrainStretchInput,
  TrainStretchResult,
} from "./train-stretch.js";
import type { SynthesizeInput, SynthesizeResult } from "./synthesize.js";
import type { TrainAdapterInput, TrainAdapterResult } from "./train-adapter.js";
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
