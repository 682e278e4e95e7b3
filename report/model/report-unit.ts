import type { Sample } from "../../domain/samples/sample.js";
import type { StepTiming, SynthesisAttempt, SyntheticPair } from "../../domain/units/trace.js";
import type { CandidateScore, TrainingTrace } from "../../domain/units/trace.js";
import type { ResultRow } from "../../store/store.js";

/** What a report's figures need of one unit. Its texts, which are most of a row, stay in the store. */
export interface ReportUnit extends Omit<
  ResultRow,
  "calls" | "errorMessage" | "startedAt" | "finishedAt" | "runId" | "trace"
> {
  readonly trace: ReportTrace;
}

/** The numbers of a unit's trace. */
export interface ReportTrace {
  readonly timings: readonly StepTiming[];
  readonly uncertainty?: {
    /** Only of one variant per data set, from which PPL is derived; else empty. */
    readonly candidates: readonly CandidateScore[];
  };
  readonly synthesis?: {
    /** Only of the unit per data set that a figure shows; else empty. */
    readonly pairs: readonly SyntheticPair[];
    /** Only of units that asked a teacher; else empty. */
    readonly attempts: readonly Pick<SynthesisAttempt, "k" | "usage">[];
  };
  readonly training?: Pick<TrainingTrace, "losses">;
}

/** A sample of a report; its texts stay in the store. */
export interface ReportSample {
  readonly sample: Omit<Sample, "messages" | "tools"> & {
    /** Only of samples that a figure shows. */
    readonly messages?: Sample["messages"];
  };
}
