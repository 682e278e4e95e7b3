import { setCurrentDetails } from "@temporalio/workflow";
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
import { renderDetails } from "./details.js";
import type { SampleInput } from "../contracts/sample-input.js";

/** One unit while it runs: its input and what has happened to it so far. */
export class UnitRun {
  readonly input: SampleInput;
  /** Steps that other units of the sample have computed already. */
  readonly recalled: RecallStepsResult;
  readonly #timings: StepTiming[] = [];
  #steps: Omit<UnitTrace, "timings"> = {};

  constructor(input: SampleInput, recalled: RecallStepsResult) {
    this.input = input;
    this.recalled = recalled;
  }

  /** Everything so far, as it will be stored. */
  get trace(): UnitTrace {
    return { ...this.#steps, timings: [...this.#timings] };
  }

  /** Keeps a step's result and shows it on the workflow's page in the Temporal UI. */
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

  /** Refreshes the page, with the verdict once there is one. */
  show(verdict?: string): void {
    setCurrentDetails(renderDetails(this.input, this.trace, verdict));
  }
}
