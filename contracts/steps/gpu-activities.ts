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
 * The paper's steps H, G, T, I and the reset, and the training of a sweep's adapter (sft), as activities that run
 * next to an engine. None reads gold; sft's training records come from the cpu queue.
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
