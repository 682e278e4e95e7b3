import { defineQuery, defineSignal, defineUpdate } from "@temporalio/workflow";
import type { FineTuneTarget } from "../domain/methods/fine-tune.js";
import type { ServedAnswer } from "../domain/served/served-answer.js";
import type { BaseAnswers } from "../domain/units/base-answers.js";
import type { UnitEnd } from "./sample-input.js";

/** Progress of the training of one adapter for a whole sweep. */
export interface FineTuneProgress extends FineTuneTarget {
  /** Optimization steps completed, and the total number. */
  readonly steps: number;
  readonly totalSteps: number;
}

/** Progress of a sweep as its root workflow sees it; counts of results come from the store. */
export interface SweepProgress {
  /** Current phase; "fine-tuning" trains sft, "closing" is bookkeeping. */
  readonly phase: "calibration" | "fine-tuning" | "report" | "closing";
  readonly paused: boolean;
  /** Maximum units in flight, over all partitions. */
  readonly concurrency: number;
  /** Units that ended as `failed` since this workflow started. */
  readonly failures: number;
  /** Adapters in training that will answer all samples of a variant (sft). */
  readonly fineTunes: readonly FineTuneProgress[];
  /** Why the sweep starts no more units; null while it still starts them. */
  readonly stopReason: string | null;
}

/** Counts of one partition so far; sent to the root on the first answers and on failures. */
export interface PartitionReport {
  readonly partition: number;
  /** Units that ended with an answer. */
  readonly answered: number;
  /** Units that ended as `failed`. */
  readonly failed: number;
  /** Code and message of the first failure; null if there was none. */
  readonly firstError: { readonly code: string; readonly message: string } | null;
  /** Whether every failure so far had the same code as the first. */
  readonly sameError: boolean;
  /** Its first base-model answers, at most `FIRST_ANSWERS`; absent until there is one. */
  readonly baseAnswers?: BaseAnswers;
}

/** A unit of a sample that is still running others. */
export interface UnitEndedMessage extends UnitEnd {
  readonly dataset: string;
  readonly sampleKey: string;
}

/** Starts no more units; units in flight end normally. Sent to a sweep or a partition. */
export const pauseSignal = defineSignal("pause");

/** Resumes after a pause. */
export const unpauseSignal = defineSignal("unpause");

/** Changes the maximum of units in flight: over the whole sweep, or in one partition. */
export const setConcurrencySignal = defineSignal<[number]>("setConcurrency");

/** Root to partition: start no more units, drain, return. */
export const stopSignal = defineSignal<[string]>("stop");

/** Partition to root: counts so far. */
export const partitionReportSignal = defineSignal<[PartitionReport]>("partitionReport");

/** Partition to sample: start no more units, finish those in flight, return. */
export const drainSignal = defineSignal("drain");

/** Sample to partition: a unit that failed, or the first base answer, before the sample's workflow ends. */
export const unitEndedSignal = defineSignal<[UnitEndedMessage]>("unitEnded");

/** Fine-tuning to root: steps so far. */
export const fineTuneProgressSignal = defineSignal<[FineTuneProgress]>("fineTuneProgress");

/** Progress of a sweep. */
export const progressQuery = defineQuery<SweepProgress>("progress");

/** To a served request: waits for its answer and returns it; the same one each time. */
export const answerUpdate = defineUpdate<ServedAnswer>("answer");
