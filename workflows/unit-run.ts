import type { InferResult } from "../contracts/steps/infer.js";
import type { RecallStepsResult } from "../contracts/steps/recall-steps.js";
import type {
  AnswerTrace,
  GroundingTrace,
  StepTiming,
  SynthesisTrace,
  SyntheticPair,
  TrainingTrace,
  UncertaintyTrace,
  UnitTrace,
} from "../domain/units/trace.js";
import type { UnitState, UnitVerdict } from "./details.js";
import type { SampleInput } from "../contracts/sample-input.js";

/** Where a unit runs: what its workflow knows about it. */
export interface UnitPlace {
  readonly startedAt: Date;
  /** Start of every step's label in the timeline; empty if the workflow runs no other unit. */
  readonly label: string;
  /** Id to store with the row; absent if it is the unit's key. */
  readonly workflowId?: string;
  /** Shows the unit's state on the workflow's page in the Temporal UI. */
  readonly show: (state: UnitState) => void;
}

/** One running unit: its input and its trace so far. */
export class UnitRun {
  readonly input: SampleInput;
  readonly place: UnitPlace;
  /** Steps that other units of the sample have already computed. */
  readonly recalled: RecallStepsResult;
  /** The base model's answer if it is being drawn already, beside other steps. */
  baseAnswer?: Promise<InferResult>;
  readonly #timings: StepTiming[] = [];
  #steps: Omit<UnitTrace, "timings"> = {};

  constructor(input: SampleInput, recalled: RecallStepsResult, place: UnitPlace) {
    this.input = input;
    this.place = place;
    this.recalled = recalled;
  }

  /** The trace so far, as it will be stored. */
  get trace(): UnitTrace {
    return { ...this.#steps, timings: [...this.#timings] };
  }

  /** Adds a step's result to the trace and shows it on the workflow's page in the Temporal UI. */
  note(
    step: {
      readonly uncertainty?: UncertaintyTrace;
      readonly grounding?: GroundingTrace;
      readonly demonstrations?: readonly SyntheticPair[];
      readonly synthesis?: SynthesisTrace;
      readonly heldBackLosses?: readonly number[];
      readonly training?: TrainingTrace;
      readonly answer?: AnswerTrace;
    },
    timing?: StepTiming,
  ): void {
    this.#steps = { ...this.#steps, ...step };
    if (timing) this.#timings.push(timing);
    this.show();
  }

  /** Refreshes the page; includes how the unit ended once it is known. */
  show(end?: UnitVerdict): void {
    const { input, trace } = this;
    this.place.show({ input, trace, query: this.recalled.query, end });
  }

  /** Labels one of the unit's steps in the timeline. */
  label(step: string): string {
    return this.place.label + step;
  }
}
