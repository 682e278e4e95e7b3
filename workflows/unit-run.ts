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
import type { UnitVerdict } from "./details.js";
import { renderDetails } from "./details.js";
import type { SampleInput } from "../contracts/sample-input.js";

/** One running unit: its input and its trace so far. */
export class UnitRun {
  readonly input: SampleInput;
  /** Steps that other units of the sample have already computed. */
  readonly recalled: RecallStepsResult;
  readonly #timings: StepTiming[] = [];
  #steps: Omit<UnitTrace, "timings"> = {};

  constructor(input: SampleInput, recalled: RecallStepsResult) {
    this.input = input;
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
    setCurrentDetails(renderDetails({ input, trace, query: this.recalled.query, end }));
  }
}
