import { defineQuery, defineSignal } from "@temporalio/workflow";
import type { FineTuneTarget } from "../domain/methods/fine-tune.js";
import type { BaseAnswers } from "../domain/units/base-answers.js";

/** How far the training of one adapter for a whole sweep has come. */
export interface FineTuneProgress extends FineTuneTarget {
  /** Optimisation steps done, and of the whole training. */
  readonly steps: number;
  readonly totalSteps: number;
}

/** How far a sweep has come, as its root workflow sees it; counts of results come from the store. */
export interface SweepProgress {
  /** "calibration": units for `tau: auto` run; "fine-tuning": sft is trained; "report": the reported ones; "closing": bookkeeping. */
  readonly phase: "calibration" | "fine-tuning" | "report" | "closing";
  readonly paused: boolean;
  /** Sample workflows in flight at most, over all partitions. */
  readonly concurrency: number;
  /** Units that ended as `failed` since this workflow started. */
  readonly failures: number;
  /** Adapters in training that will answer all samples of a variant (sft). */
  readonly fineTunes: readonly FineTuneProgress[];
  /** Why no further units are started; null while they are. */
  readonly stopReason: string | null;
}

/** What one partition has seen so far; sent to the root on the first answers and on failures. */
export interface PartitionReport {
  readonly partition: number;
  /** Units that ended with an answer. */
  readonly answered: number;
  /** Units that ended as `failed`. */
  readonly failed: number;
  /** Code and message of the first failure, where there was one. */
  readonly firstError: { readonly code: string; readonly message: string } | null;
  /** Whether every failure so far had the code of the first. */
  readonly sameError: boolean;
  /** Its first answers of the base model, at most `FIRST_ANSWERS`; absent before there is one. */
  readonly baseAnswers?: BaseAnswers;
}

/** Starts no further units; those in flight end normally. Sent to a sweep or a partition. */
export const pauseSignal = defineSignal("pause");

/** Takes a pause back. */
export const unpauseSignal = defineSignal("unpause");

/** Changes how many sample workflows are in flight: over the whole sweep, or in one partition. */
export const setConcurrencySignal = defineSignal<[number]>("setConcurrency");

/** Root to partition: start nothing more, drain, return. */
export const stopSignal = defineSignal<[string]>("stop");

/** Partition to root: counts so far. */
export const partitionReportSignal = defineSignal<[PartitionReport]>("partitionReport");

/** Fine-tuning to root: steps so far. */
export const fineTuneProgressSignal = defineSignal<[FineTuneProgress]>("fineTuneProgress");

/** Progress of a sweep. */
export const progressQuery = defineQuery<SweepProgress>("progress");
